import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

import type { FieldError } from '../platform/errors.js';
import type { JsonValue } from '../platform/json.js';
import { type Attribute, isSpecial } from './attribute.js';
import type { Release } from './release.js';
import { extensionsDigest } from './extension.js';
import type { Upcast } from './upcast.js';
import { fieldErrors } from './value-errors.js';

/** What there is beside the release itself. */
export interface Surroundings {
  /** The extensions of retailers that are in force. */
  readonly extensions?: readonly Attribute[];
  /** The releases before it, oldest first: what was stated under them is understood through their successors. */
  readonly before?: readonly Release[];
}

/** A release made ready for work. It holds no state: the same question always has the same answer. */
export class Vocabulary {
  readonly version: string;
  /** Names all that answers depend on: the version and what retailers have added to it. */
  readonly revision: string;
  private readonly byPath: ReadonlyMap<string, Attribute>;
  private readonly named: readonly Attribute[];
  private readonly byName: ReadonlyMap<string, string>;
  private readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  private readonly extensions: readonly Attribute[];
  private readonly before: readonly Release[];
  private readonly ofRetailers = new Map<string, Vocabulary>();

  constructor(
    readonly release: Release,
    { extensions = [], before = [] }: Surroundings = {},
    /** Whose eyes it is seen with. */
    seer?: string,
  ) {
    this.version = release.version;
    this.extensions = extensions;
    this.before = before;
    this.revision = [release.version, ...extensionsDigest(extensions)].join('+');
    this.byPath = new Map([...release.attributes, ...extensions].map((attribute) => [attribute.path, attribute]));
    this.named = (seer === undefined ? release.attributes : [...this.byPath.values()]).filter(
      ({ alias_of }) => alias_of === null,
    );
    this.byName = new Map(release.attributes.flatMap(({ path, alias_of }) => (alias_of ? [[path, alias_of]] : [])));
    this.aliases = new Map(
      Object.entries(release.code_lists).map(([name, { codes }]) => [
        name,
        new Map(codes.flatMap(({ code, alias_of }) => (alias_of ? [[code, alias_of] as const] : []))),
      ]),
    );
  }

  /** The vocabulary as this retailer knows it: with its own extension, and nobody else's. */
  seenBy(retailerId: string): Vocabulary {
    let seen = this.ofRetailers.get(retailerId);
    if (!seen) {
      const own = this.extensions.filter(({ owner }) => owner === retailerId);
      seen = new Vocabulary(this.release, { extensions: own, before: this.before }, retailerId);
      this.ofRetailers.set(retailerId, seen);
    }
    return seen;
  }

  /** Of the release or of any extension that this vocabulary has. */
  attribute(path: string): Attribute | undefined {
    return this.byPath.get(path);
  }

  /** Those that everyone knows, and those of the retailer with whose eyes it is seen; each once, by its name of today. */
  attributes(): readonly Attribute[] {
    return this.named;
  }

  categories(): string[] {
    return [...new Set(this.attributes().map(({ category }) => category))];
  }

  /** What an attribute is called today: a renamed one by its new name, any other as it is. */
  nameOf(path: string): string {
    return this.byName.get(path) ?? path;
  }

  /** Whether any attribute of it was ever renamed. */
  get renames(): boolean {
    return this.byName.size > 0;
  }

  /**
   * The attributes that a path stands for: an attribute for itself, under its name of today; a category for its
   * attributes without the special ones, which must be named one by one, and without those that nobody should begin to
   * use. An unknown path stands for none.
   */
  expand(path: string): string[] {
    if (this.byPath.has(path)) return [this.nameOf(path)];
    return this.attributes()
      .filter((attribute) => attribute.category === path && attribute.status === 'active' && !isSpecial(attribute))
      .map((attribute) => attribute.path);
  }

  /** What is wrong with a value of an attribute, with JSON pointers into the value; empty when nothing is. */
  checkValue(path: string, value: unknown): FieldError[] {
    const attribute = this.byPath.get(path);
    if (!attribute) return [{ pointer: '', detail: `There is no attribute ${path}.` }];
    const validate = validatorOf(attribute);
    return validate(value) ? [] : fieldErrors((validate.errors ?? []).slice(0, MOST_FAULTS), attribute.code_lists);
  }

  /** The value with every deprecated code among its members replaced by the one that stands for it now. */
  canonical(path: string, value: JsonValue): JsonValue {
    const attribute = this.byPath.get(path);
    if (!attribute || !isObject(value)) return value;
    let canonical = value;
    for (const [pointer, list] of Object.entries(attribute.code_lists)) {
      const member = pointer.slice(1);
      const code = value[member];
      const current = typeof code === 'string' ? this.aliases.get(list)?.get(code) : undefined;
      if (current) canonical = { ...canonical, [member]: current };
    }
    return canonical;
  }

  /** What tells a value of a many-valued attribute from its others; null where there is only one. */
  keyOf(path: string, value: JsonValue): string | null {
    const attribute = this.byPath.get(path);
    if (!attribute?.key_from || !isObject(value)) return null;
    const key = value[attribute.key_from.slice(1)];
    if (typeof key !== 'string') return null;
    return attribute.key_folded ? key.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase() : key;
  }

  /** What has to be done, release by release, to what was stated under an older one; nothing for its own version. */
  upcastsSince(version: string): readonly (readonly Upcast[])[] {
    const at = this.before.findIndex((release) => release.version === version);
    if (at < 0) return [];
    return [...this.before.slice(at + 1), this.release].flatMap(({ upcasts = [] }) =>
      upcasts.length > 0 ? [upcasts] : [],
    );
  }
}

/** Naming a few tells enough: a value of 4 KiB has room for hundreds of faults, and an import for a thousand values. */
const MOST_FAULTS = 20;

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false });
const validators = new WeakMap<Attribute, ValidateFunction>();

// Compiled when first needed: the list of allergens alone takes milliseconds.
function validatorOf(attribute: Attribute): ValidateFunction {
  let validate = validators.get(attribute);
  if (!validate) {
    validate = ajv.compile(attribute.value_schema);
    ajv.removeSchema(attribute.value_schema); // or it is kept for ever, when the attribute has long been replaced
    validators.set(attribute, validate);
  }
  return validate;
}

function isObject(value: JsonValue): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
