import type { ErrorObject } from 'ajv';

import type { FieldError } from '../platform/errors.js';

/** More codes than this are better looked up than listed. */
const LISTED_CODES = 15;

/**
 * Says what is wrong with a value in words for people; pointers lead into the value.
 *
 * @param codeLists The name of the code list behind a member, by its pointer.
 */
export function fieldErrors(
  errors: readonly ErrorObject[],
  codeLists: Readonly<Record<string, string>> = {},
): FieldError[] {
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
        return {
          pointer: instancePath,
          detail: notOneOf(params.allowedValues as string[], codeLists[withoutIndex(instancePath)]),
        };
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

function notOneOf(allowed: readonly string[], list: string | undefined): string {
  if (allowed.length <= LISTED_CODES) return `must be one of ${allowed.join(', ')}`;
  return list === undefined ? 'is not a code of its list' : `is not a code of the list ${list}`;
}

/** Where a member has many codes, the list stands at the member. */
function withoutIndex(pointer: string): string {
  return pointer.replace(/\/\d+$/, '');
}

function child(pointer: string, member: string): string {
  return `${pointer}/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
