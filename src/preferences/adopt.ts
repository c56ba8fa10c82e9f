import type { Author } from './author.js';
import type { Statement } from './draft.js';
import type { Preference } from './preference.js';
import type { Profile } from './profile.js';
import type { Changed } from './profiles.js';
import { stated } from './statement.js';

/** What becomes of a preference that states already what is to be taken in. */
export type Settle = (held: Preference, statement: Statement) => 'keep' | 'replace';

/** What taking statements in comes to, in their order. */
export interface Difference {
  readonly added: readonly Preference[];
  readonly replaced: readonly { readonly was: Preference; readonly is: Preference }[];
  /** What stays as it is, and what is therefore not taken in. */
  readonly kept: readonly { readonly held: Preference; readonly statement: Statement }[];
}

interface Adoption {
  readonly settle: Settle;
  readonly author: Author;
  readonly at: Date;
  readonly newId: () => string;
}

/** Takes statements into a profile. One that states the same as a preference there is settled between the two. */
export function adopt(
  profile: Profile,
  statements: readonly Statement[],
  { settle, author, at, newId }: Adoption,
): Difference {
  const added: Preference[] = [];
  const replaced: { was: Preference; is: Preference }[] = [];
  const kept: { held: Preference; statement: Statement }[] = [];
  for (const statement of statements) {
    const held = profile.stating(statement);
    if (!held) {
      const preference = stated(statement, { id: newId() }, author, at);
      profile.put(preference);
      added.push(preference);
    } else if (settle(held, statement) === 'keep') {
      kept.push({ held, statement });
    } else {
      const preference = stated(statement, held, author, at);
      profile.put(preference);
      replaced.push({ was: held, is: preference });
    }
  }
  return { added, replaced, kept };
}

/** What a profile's history says of a difference. */
export function changesOf({ added, replaced }: Difference): Changed[] {
  return [
    ...added.map((preference) => ({ change: 'recorded' as const, preference })),
    ...replaced.map(({ is }) => ({ change: 'revised' as const, preference: is })),
  ];
}
