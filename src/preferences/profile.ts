import { identityOf } from './draft.js';
import type { Preference } from './preference.js';
import type { PreparedDocument } from './prepared.js';

/** What a category comes to after a change. */
export interface ChangedDocument {
  readonly category: string;
  readonly version: number;
  readonly preferences: readonly Preference[];
}

/** Everything that a customer has stated, while it is being changed. */
export class Profile {
  private readonly versions: ReadonlyMap<string, number>;
  private readonly byId: Map<string, Preference>;
  private readonly idsByIdentity: Map<string, string>;
  private readonly touched = new Set<string>();

  constructor(documents: readonly PreparedDocument[]) {
    const all = documents.flatMap(({ preferences }) => preferences);
    this.versions = new Map(documents.map(({ category, version }) => [category, version]));
    this.byId = new Map(all.map((preference) => [preference.id, preference]));
    this.idsByIdentity = new Map(all.map((preference) => [identityOf(preference), preference.id]));
  }

  get size(): number {
    return this.byId.size;
  }

  find(id: string): Preference | undefined {
    return this.byId.get(id);
  }

  /** The preference that says the same already, if it is another one. */
  rivalOf(preference: Preference): string | undefined {
    const id = this.idsByIdentity.get(identityOf(preference));
    return id === preference.id ? undefined : id;
  }

  /** Adds the preference, or puts it in the place of its earlier version. */
  put(preference: Preference): void {
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
  return attribute.slice(0, attribute.indexOf('.'));
}
