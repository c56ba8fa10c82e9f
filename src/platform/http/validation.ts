import { type ArgumentMetadata, Injectable, Param, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { LRUCache } from 'lru-cache';

import { type FieldError, InvalidRequestError } from '../errors.js';
import { escapePointer } from './json.js';

const nativeTypes: readonly unknown[] = [String, Number, Boolean, Array, Object, undefined];

/** Queries repeat: of each class so many are remembered, none of them longer than this. */
const KNOWN_QUERIES = 500;
const LONGEST_KNOWN_QUERY = 500;

/**
 * Turns bodies, queries and paths into the DTO classes that a controller declares, and refuses what these do not
 * know. Every fault is named at once: by JSON pointer in the body, else by `query/<name>` or `path/<name>`.
 *
 * A query that was found good is not looked into again: what it was turned into is frozen, and given to all who ask
 * alike. So nothing that a query is checked for may depend on anything but the query.
 */
@Injectable()
export class RequestValidationPipe implements PipeTransform<unknown> {
  private readonly queries = new WeakMap<Type<object>, LRUCache<string, object>>();

  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'custom' || nativeTypes.includes(metatype)) return value;
    const as = metatype as Type<object>;
    return type === 'query' ? this.query(value, as) : validated(value, as, bases[type]);
  }

  private query(value: unknown, as: Type<object>): object | Promise<object> {
    const text = JSON.stringify(value);
    const known = this.knownOf(as);
    return known.get(text) ?? this.newQuery(value, as, text);
  }

  private async newQuery(value: unknown, as: Type<object>, text: string): Promise<object> {
    const dto = deepFreeze(await validated(value, as, bases.query));
    if (text.length <= LONGEST_KNOWN_QUERY) this.knownOf(as).set(text, dto);
    return dto;
  }

  private knownOf(as: Type<object>): LRUCache<string, object> {
    let known = this.queries.get(as);
    if (!known) this.queries.set(as, (known = new LRUCache({ max: KNOWN_QUERIES })));
    return known;
  }
}

const bases = { body: '', query: 'query', param: 'path' } as const;

async function validated(value: unknown, as: Type<object>, base: string): Promise<object> {
  // No body says what an empty one says: whatever is required is named as missing.
  const given = value === undefined ? {} : value;
  if (!isObject(given)) throw new InvalidRequestError([{ pointer: base, detail: 'must be an object' }]);
  refusePrototypes(given, base);
  const dto = convert(as, given, base);
  const errors = await validate(dto, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: false });
  if (errors.length > 0) throw new InvalidRequestError(errors.flatMap((error) => fieldErrors(error, base)));
  return dto;
}

function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) deepFreeze(member);
  return Object.freeze(value);
}

/** class-transformer reads values before they are validated, and stumbles over a list or an object in the wrong place. */
function convert(type: Type<object>, given: Record<string, unknown>, base: string): object {
  try {
    return plainToInstance(type, given);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const members = Object.entries(given).filter(([name, value]) => !isConvertible(type, { [name]: value }));
    throw new InvalidRequestError(
      members.map(([name]) => ({ pointer: `${base}/${escapePointer(name)}`, detail: 'is of the wrong type' })),
    );
  }
}

function isConvertible(type: Type<object>, given: object): boolean {
  try {
    plainToInstance(type, given);
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// class-transformer passes over these silently; a JSON body that has them did not get here.
function refusePrototypes(value: object, base: string): void {
  const faults = ['__proto__', 'constructor'].filter((name) => Object.hasOwn(value, name));
  if (faults.length === 0) return;
  throw new InvalidRequestError(faults.map((name) => ({ pointer: `${base}/${name}`, detail: 'is not known here' })));
}

/** The faults of a validated object, as pointers below `base`. */
export function fieldErrors(error: ValidationError, base: string): FieldError[] {
  const pointer = `${base}/${escapePointer(error.property)}`;
  // That something cannot be looked into is said in better words by whatever else is wrong with it.
  const own = Object.entries(error.constraints ?? {})
    .filter(([constraint], _index, all) => constraint !== 'nestedValidation' || all.length === 1)
    .map(([constraint, message]) => ({
      pointer,
      detail: constraint === 'whitelistValidation' ? 'is not known here' : withoutName(message, error.property),
    }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, pointer))];
}

/** class-validator's messages begin with the name, which the pointer says already. */
function withoutName(message: string, property: string): string {
  const rest = message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
  return rest.replace(`each value in ${property} `, 'each value ');
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

@Injectable()
class UuidPipe implements PipeTransform<string, string> {
  transform(value: string, { data = 'id' }: ArgumentMetadata): string {
    if (uuidShape.test(value)) return value.toLowerCase();
    throw new InvalidRequestError([{ pointer: `path/${data}`, detail: 'must be a UUID' }]);
  }
}

/** A path parameter that is a UUID, in lower case: `@UuidParam('id') id: string`. */
export const UuidParam = (name: string): ParameterDecorator => Param(name, UuidPipe);

class IndexPipe implements PipeTransform<string, number> {
  transform(value: string, { data = '' }: ArgumentMetadata): number {
    const index = /^\d{1,16}$/.test(value) ? Number(value) : NaN;
    if (Number.isSafeInteger(index)) return index;
    throw new InvalidRequestError([{ pointer: `path/${data}`, detail: 'must be a whole number from 0 on' }]);
  }
}

/** A path parameter that counts from 0: `@IndexParam('index') index: number`. */
export const IndexParam = (name: string): ParameterDecorator => Param(name, IndexPipe);

class Sha256Pipe implements PipeTransform<string, string> {
  transform(value: string, { data = '' }: ArgumentMetadata): string {
    if (/^[0-9a-f]{64}$/.test(value)) return value;
    throw new InvalidRequestError([{ pointer: `path/${data}`, detail: 'must be a SHA-256 in lower-case hexadecimal' }]);
  }
}

/** A path parameter that is a SHA-256 in hexadecimal: `@Sha256Param('hash') hash: string`. */
export const Sha256Param = (name: string): ParameterDecorator => Param(name, Sha256Pipe);
