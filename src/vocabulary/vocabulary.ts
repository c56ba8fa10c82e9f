import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

import type { FieldError } from '../platform/errors.js';
import type { JsonValue } from '../platform/json.js';
import { type Attribute, isSpecial } from './attribute.js';
import type { Release } from './release.js';
import { fieldErrors } from './value-errors.js';

/** A release made ready for work. It holds no state: the same question always has the same answer. */
export class Vocabulary {
  readonly version: string;
  private readonly byPath: ReadonlyMap<string, Attribute>;
  private readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false });

  constructor(readonly release: Release) {
    this.version = release.version;
    this.byPath = new Map(release.attributes.map((attribute) => [attribute.path, attribute]));
    this.aliases = new Map(
      Object.entries(release.code_lists).map(([name, { codes }]) => [
        name,
        new Map(codes.flatMap(({ code, alias_of }) => (alias_of ? [[code, alias_of] as const] : []))),
      ]),
    );
  }

  attribute(path: string): Attribute | undefined {
    return this.byPath.get(path);
  }

  attributes(): readonly Attribute[] {
    return this.release.attributes;
  }

  categories(): string[] {
    return [...new Set(this.release.attributes.map(({ category }) => category))];
  }

  /**
   * The attributes that a path stands for: an attribute for itself, a category for its attributes without the special
   * ones, which must be named one by one. An unknown path stands for none.
   */
  expand(path: string): string[] {
    if (this.byPath.has(path)) return [path];
    return this.release.attributes
      .filter((attribute) => attribute.category === path && !isSpecial(attribute))
      .map((attribute) => attribute.path);
  }

  /** What is wrong with a value of an attribute, with JSON pointers into the value; empty when nothing is. */
  checkValue(path: string, value: unknown): FieldError[] {
    const attribute = this.byPath.get(path);
    if (!attribute) return [{ pointer: '', detail: `There is no attribute ${path}.` }];
    const validate = this.validatorOf(attribute);
    return validate(value) ? [] : fieldErrors(validate.errors ?? []);
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

  // Compiled when first needed: the list of allergens alone takes milliseconds.
  private validatorOf({ path, value_schema }: Attribute): ValidateFunction {
    let validate = this.validators.get(path);
    if (!validate) this.validators.set(path, (validate = this.ajv.compile(value_schema)));
    return validate;
  }
}

function isObject(value: JsonValue): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
