import type { Author } from './author.js';
import { defined, type Statement } from './draft.js';
import type { Preference } from './preference.js';

/** The first version of a preference, or the next one of `previous`. */
export function stated(
  { attribute, key, value, original, ...statement }: Statement,
  previous: Pick<Preference, 'id'> & Partial<Preference>,
  { provenance, confirmed }: Author,
  now: Date,
): Preference {
  const at = now.toISOString();
  return defined<Preference>({
    id: previous.id,
    attribute,
    key,
    value,
    ...statement,
    provenance: { ...provenance, at, ...(original && { original }) },
    status: provenance.kind === 'imported' && !confirmed ? 'pending' : 'active',
    version: (previous.version ?? 0) + 1,
    recorded_at: previous.recorded_at ?? at,
    updated_at: at,
  });
}

/** A preference in its next version, which says the same unless `different` says otherwise. */
export function nextVersion(previous: Preference, now: Date, different: Partial<Preference> = {}): Preference {
  return defined<Preference>({
    ...previous,
    ...different,
    version: previous.version + 1,
    updated_at: now.toISOString(),
  });
}
