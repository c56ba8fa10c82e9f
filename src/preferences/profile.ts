import { type ActingFor, assertWithin, within } from '../platform/http/access.js';
import { categoryOfPath } from '../vocabulary/attribute.js';
import { type Identified, identityOf } from './draft.js';
import type { Preference } from './preference.js';
import { PreferenceNotFoundError } from './preferences.errors.js';
import type { PreparedDocument } from './prepared.js';

/** What a category comes to after a change. */
export interface ChangedDocument {
  readonly category: string;
  readonly version: number;
  readonly preferences: readonly Preference[];
}

/**
 * Everything that a customer has stated, while it is being changed. To whoever acts for them it is no more than their
 * delegation reaches.
 */
export class Profile {
  private readonly versions: ReadonlyMap<string, number>;
  private readonly byId: Map<string, Preference>;
  private readonly idsByIdentity: Map<string, string>;
  private readonly touched = new Set<string>();

  constructor(
    documents: readonly PreparedDocument[],
    private readonly delegation?: ActingFor,
  ) {
    const all = documents.flatMap(({ preferences }) => preferences);
    this.versions = new Map(documents.map(({ category, version }) => [category, version]));
    this.byId = new Map(all.map((preference) => [preference.id, preference]));
    this.idsByIdentity = new Map(all.map((preference) => [identityOf(preference), preference.id]));
  }

  get size(): number {
    return this.byId.size;
  }

  all(): Iterable<Preference> {
    return within(this.delegation, [...this.byId.values()], ({ attribute }) => attribute);
  }

  find(id: string): Preference | undefined {
    const found = this.byId.get(id);
    return found && this.delegation?.covers(found.attribute) !== false ? found : undefined;
  }

  /** @throws PreferenceNotFoundError */
  get(id: string): Preference {
    const found = this.find(id);
    if (!found) throw new PreferenceNotFoundError(id);
    return found;
  }

  /** The preference that says the same, whatever its value. @throws OutsideDelegationError */
  stating(statement: Identified): Preference | undefined {
    assertWithin(this.delegation, [statement.attribute]);
    const id = this.idsByIdentity.get(identityOf(statement));
    return id === undefined ? undefined : this.byId.get(id);
  }

  /** The preference that says the same already, if it is another one. */
  rivalOf(preference: Preference): string | undefined {
    const id = this.stating(preference)?.id;
    return id === preference.id ? undefined : id;
  }

  /** Adds the preference, or puts it in the place of its earlier version. @throws OutsideDelegationError */
  put(preference: Preference): void {
    assertWithin(this.delegation, [preference.attribute]);
    this.remove(preference.id);
    this.byId.set(preference.id, preference);
    this.idsByIdentity.set(identityOf(preference), preference.id);
    this.touched.add(categoryOf(preference));
  }

  remove(id: string): void {
    const preference = this.byId.get(id);
    if (!preference) return;
    this.byId.delete(id);
    this.idsByIdentity.delete(identityOf(preference));
    this.touched.add(categoryOf(preference));
  }

  /** The documents that must be written, each in its next version. */
  changed(): ChangedDocument[] {
    const all = [...this.byId.values()];
    return [...this.touched].map((category) => ({
      category,
      version: (this.versions.get(category) ?? 0) + 1,
      preferences: all.filter((preference) => categoryOf(preference) === category),
    }));
  }
}

/** A preference is kept in the document of its category. */
export function categoryOf({ attribute }: Pick<Preference, 'attribute'>): string {
  return categoryOfPath(attribute);
}
