import type { ErrorObject } from 'ajv';

import type { FieldError } from '../platform/errors.js';

/** More codes than this are better looked up than listed. */
const LISTED_CODES = 15;

/** Says what is wrong with a value in words for people; pointers lead into the value. */
export function fieldErrors(errors: readonly ErrorObject[]): FieldError[] {
  return errors.map(({ instancePath, keyword, params, message }) => {
    switch (keyword) {
      case 'required':
        return { pointer: child(instancePath, params.missingProperty as string), detail: 'is required' };
      case 'additionalProperties':
        return {
          pointer: child(instancePath, params.additionalProperty as string),
          detail: 'is not a member of this value',
        };
      case 'enum':
        return { pointer: instancePath, detail: notOneOf(params.allowedValues as string[]) };
      case 'type':
        return { pointer: instancePath, detail: `must be of type ${params.type as string}` };
      case 'pattern':
        return { pointer: instancePath, detail: 'is not written as the vocabulary asks for' };
      case 'minProperties':
        return { pointer: instancePath, detail: 'must have at least one member' };
      default:
        return { pointer: instancePath, detail: message ?? 'is not valid' };
    }
  });
}

function notOneOf(allowed: readonly string[]): string {
  return allowed.length <= LISTED_CODES ? `must be one of ${allowed.join(', ')}` : 'is not a code of its list';
}

function child(pointer: string, member: string): string {
  return `${pointer}/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
