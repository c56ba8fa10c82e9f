export const MOST_SOURCE_PREFIXES = 20;
export const LONGEST_SOURCE_PREFIX = 200;

/** What may follow a prefix: so `/tills/1` has `/tills/1/a` under it, and not `/tills/17`. */
const SEPARATORS = ['/', ':', '?', '#'];

/**
 * Whether a client with these prefixes may report from the source (CloudEvents `source`): it is one of them, or begins
 * with one that ends where a part of the name does. Compared letter by letter: a source is a name, not an address. A
 * client without prefixes may report from any.
 */
export function isOfSources(prefixes: readonly string[], source: string): boolean {
  return prefixes.length === 0 || prefixes.some((prefix) => isUnder(prefix, source));
}

function isUnder(prefix: string, source: string): boolean {
  if (!source.startsWith(prefix)) return false;
  const rest = source.slice(prefix.length);
  return rest === '' || [prefix.slice(-1), rest.slice(0, 1)].some((character) => SEPARATORS.includes(character));
}
