/** Where the cases are, in the order in which they are run: those that change what others read come last. */
export const modules = ['reads', 'tokens', 'proofs', 'lookups', 'writes'].map((name) => `cases/${name}.mjs`);

/** Every case with its name and where it is. */
export async function allCases() {
  const all = [];
  for (const module of modules) {
    const { cases } = await import(`../${module}`);
    for (const [name, told] of Object.entries(cases)) all.push({ name, module, ...told });
  }
  return all;
}

/** The case of this name. */
export async function caseOf(name) {
  const all = await allCases();
  const found = all.find((known) => known.name === name);
  if (!found) throw new Error(`There is no case ${name}: there are ${all.map((known) => known.name).join(', ')}.`);
  return found;
}
