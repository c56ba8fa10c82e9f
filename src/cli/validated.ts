import type { Type } from '@nestjs/common';

import { InvalidArgumentError } from 'commander';
import { validate as isUuid } from 'uuid';

import { RequestValidationPipe } from '../platform/http/validation.js';

/** What was typed, checked by the rules that the API has for the same thing. @throws InvalidRequestError */
export async function validated<T extends object>(type: Type<T>, given: object): Promise<T> {
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return (await new RequestValidationPipe().transform(present, { type: 'body', metatype: type })) as T;
}

/** An id that was typed. */
export function id(typed: string): string {
  if (isUuid(typed)) return typed.toLowerCase();
  throw new InvalidArgumentError('It must be a UUID.');
}
