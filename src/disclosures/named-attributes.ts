import { InvalidRequestError } from '../platform/errors.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';

/** What a retailer asks for by name: attributes, or categories for whatever of them is shared. */
export interface NamedAttributes {
  readonly attributes: ReadonlySet<string>;
  /** Of the names as they were given those that these attributes do not answer. */
  notAmong(shared: readonly string[]): string[];
}

/**
 * @param pointer Where the request has the name with this index.
 * @returns null when nothing is named
 * @throws InvalidRequestError when a name is neither an attribute nor a category
 */
export function namedAttributes(
  names: readonly string[] | undefined,
  vocabulary: Vocabulary,
  pointer: (index: number) => string,
): NamedAttributes | null {
  if (!names) return null;
  const expanded = names.map((name) => vocabulary.expand(name));
  const unknown = names.flatMap((name, index) =>
    expanded[index]!.length > 0 || vocabulary.categories().includes(name)
      ? []
      : [{ pointer: pointer(index), detail: `${name} is neither an attribute nor a category of ccx-core` }],
  );
  if (unknown.length > 0) throw new InvalidRequestError(unknown);
  return {
    attributes: new Set(expanded.flat()),
    notAmong: (shared) => names.filter((_, index) => !expanded[index]!.some((path) => shared.includes(path))),
  };
}
