/* The OAuth engine says at every start that it does not support Node.js 20; that it works there is what we test. */
const { warn } = console;
console.warn = (...said) => {
  if (!/oidc-provider WARNING:.* Unsupported runtime/.test(String(said[0]))) warn.apply(console, said);
};
