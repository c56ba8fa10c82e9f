import { Ajv2020 } from 'ajv/dist/2020.js';

import { InvalidRequestError } from '../platform/errors.js';
import type { JsonObject } from '../platform/json.js';
import { fieldErrors } from './value-errors.js';

const ajv = new Ajv2020({ allErrors: true, strict: false });

/**
 * Reads bodies by their published schema, where it goes too deep for classes.
 *
 * @returns A function that answers the body as it is. @throws InvalidRequestError with every fault of its form
 */
// The caller says what the schema describes, as with JSON.parse().
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function formOf<T>(schema: JsonObject): (body: unknown) => T {
  const validate = ajv.compile(schema);
  return (body) => {
    if (!validate(body)) throw new InvalidRequestError(fieldErrors(validate.errors ?? []));
    return body as T;
  };
}
