import type { CustomerScope } from '../platform/http/access.js';
import type { FieldError } from '../platform/errors.js';
import { isSpecial } from '../vocabulary/attribute.js';
import type { Release } from '../vocabulary/release.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';

/** What a customer may let others do. Never what rules the account, its tokens, or what others may do. */
export const delegableScopes = [
  'preferences.read',
  'preferences.write',
  'consents.read',
  'consents.write',
  'interactions.read',
  'disclosures.read',
] as const satisfies readonly CustomerScope[];

const LONGEST_DAYS = 365;
const DAY_MS = 86_400_000;

export interface DelegationTerms {
  readonly scopes: readonly string[];
  /** Attributes and categories of ccx-core; null: every attribute that is not special. */
  readonly attributes: readonly string[] | null;
  readonly expiresAt: Date;
}

/** Whether the terms reach an attribute. A special one is reached by its own name alone. */
export function covers(
  { attributes }: Pick<DelegationTerms, 'attributes'>,
  path: string,
  vocabulary: Vocabulary,
): boolean {
  const attribute = vocabulary.attribute(vocabulary.nameOf(path));
  if (!attribute) return false;
  if (attributes?.some((name) => vocabulary.nameOf(name) === attribute.path)) return true;
  return !isSpecial(attribute) && (attributes === null || attributes.includes(attribute.category));
}

/** Every attribute that is or was special, by whatever name. Those of retailers never are. */
export function specialAttributes(releases: readonly Release[]): string[] {
  const special = releases.flatMap(({ attributes }) => attributes.filter(isSpecial));
  return [...new Set(special.map(({ path }) => path))];
}

/** What is wrong with terms that somebody offers. */
export function faultsOfTerms(terms: DelegationTerms, vocabulary: Vocabulary, now: Date): FieldError[] {
  const life = terms.expiresAt.getTime() - now.getTime();
  return [
    ...faultsOfAttributes(terms.attributes ?? [], vocabulary),
    ...(life > 0 && life <= LONGEST_DAYS * DAY_MS
      ? []
      : [{ pointer: '/expires_at', detail: `must lie within the next ${LONGEST_DAYS} days` }]),
  ];
}

/** What is wrong with a change that may take something away and add nothing. */
export function faultsOfNarrowing(
  held: DelegationTerms,
  { scopes = [], attributes, expiresAt }: Partial<DelegationTerms>,
  vocabulary: Vocabulary,
  now: Date,
): FieldError[] {
  const named = attributes ?? [];
  return [
    ...beyond('/scopes', scopes, (scope) => held.scopes.includes(scope)),
    ...faultsOfAttributes(named, vocabulary),
    ...beyond('/attributes', named, (name) => !isNameable(name, vocabulary) || reaches(held, name, vocabulary)),
    ...(!expiresAt || (expiresAt > now && expiresAt <= held.expiresAt)
      ? []
      : [{ pointer: '/expires_at', detail: 'must lie in the future, and not after its end as it is' }]),
  ];
}

/** Whether the terms reach all that a name stands for, now and later: a category may gain attributes. */
function reaches(held: DelegationTerms, name: string, vocabulary: Vocabulary): boolean {
  if (vocabulary.attribute(name)) return covers(held, name, vocabulary);
  return held.attributes === null || held.attributes.includes(name);
}

/** What retailers have added is unknown here: or the answer would tell what any of them has. */
function isNameable(name: string, vocabulary: Vocabulary): boolean {
  return vocabulary.attribute(name)?.owner === undefined && vocabulary.expand(name).length > 0;
}

function beyond(pointer: string, names: readonly string[], isHeld: (name: string) => boolean): FieldError[] {
  return names.flatMap((name, index) =>
    isHeld(name)
      ? []
      : [{ pointer: `${pointer}/${index}`, detail: 'is more than the delegation gives; offer another one for that' }],
  );
}

function faultsOfAttributes(names: readonly string[], vocabulary: Vocabulary): FieldError[] {
  return names.flatMap((name, index) =>
    isNameable(name, vocabulary)
      ? []
      : [
          {
            pointer: `/attributes/${index}`,
            detail: 'is no attribute and no category of ccx-core; special attributes are named one by one',
          },
        ],
  );
}
