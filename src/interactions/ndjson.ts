import { MalformedJsonError } from '../platform/errors.js';
import { parseJson } from '../platform/http/json.js';
import { type Read, readEvent } from './cloud-event.js';

/** Reads one line of NDJSON. One that is no JSON is an event with a fault, which does no harm to those around it. */
export function readLine(line: Uint8Array): Read {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch (error) {
    if (!(error instanceof MalformedJsonError)) throw error;
    const errors = error.errors ? [...error.errors] : [{ pointer: '', detail: error.message }];
    return { errors, warnings: [], id: null, source: null };
  }
  return readEvent(value);
}
