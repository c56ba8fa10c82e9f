import type { FieldError } from '../errors.js';
import { MalformedJsonError } from '../errors.js';

/** No record of ours is nested deeper than a third of this. */
export const DEEPEST_JSON = 32;

/** No object of ours has more: a list of codes is the longest. Making a class of one takes time by the square. */
const MOST_MEMBERS = 2_000;

const MOST_FAULTS = 20;

/**
 * Reads JSON as I-JSON (RFC 7493): UTF-8 without exception, no repeated member, no lone surrogate. On top of that no
 * NUL, which PostgreSQL cannot store, no number beyond what a double holds, no member that could reach a prototype.
 *
 * @returns undefined for an empty body
 * @throws MalformedJsonError
 */
export function parseJson(body: Uint8Array): unknown {
  if (body.length === 0) return undefined;
  const text = decodeUtf8(body);
  const members = countMembers(text);
  const value = parse(text);
  const inspected = inspect(value);
  if (inspected.faults.length > 0) {
    throw new MalformedJsonError('The body holds what cannot be taken; `errors` names it.', inspected.faults);
  }
  // A repeated name leaves one member where the text has two.
  if (inspected.members !== members) throw new MalformedJsonError('An object of the body repeats a member name.');
  return value;
}

function decodeUtf8(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new MalformedJsonError('The body is not valid UTF-8.');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // V8 quotes the body in its message: only the place is passed on.
    const position = /at position (\d+)/.exec(String(error))?.[1];
    throw new MalformedJsonError(`The body is not well-formed JSON${position ? ` at character ${position}` : ''}.`);
  }
}

const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;

/** Counts the members of all objects, in one pass that stops where the nesting is too deep. */
function countMembers(text: string): number {
  let members = 0;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === COLON) members++;
    else if (code === 91 || code === 123) {
      if (++depth > DEEPEST_JSON) {
        throw new MalformedJsonError(`The body is nested deeper than ${DEEPEST_JSON} levels.`);
      }
    } else if (code === 93 || code === 125) depth--;
  }
  return members;
}

interface Inspected {
  members: number;
  readonly faults: FieldError[];
}

/** Walks a value that is known not to be deep. */
function inspect(root: unknown): Inspected {
  const inspected: Inspected = { members: 0, faults: [] };
  visit(root, '', inspected);
  return inspected;
}

function visit(value: unknown, pointer: string, inspected: Inspected): void {
  if (typeof value === 'string') report(faultOfText(value), pointer, inspected);
  else if (typeof value === 'number') {
    report(Number.isFinite(value) ? undefined : 'is beyond the range of numbers', pointer, inspected);
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => visit(item, `${pointer}/${index}`, inspected));
  } else if (value !== null && typeof value === 'object') {
    const members = Object.entries(value);
    if (members.length > MOST_MEMBERS) report(`has more than ${MOST_MEMBERS} members`, pointer, inspected);
    for (const [name, member] of members) {
      inspected.members++;
      const at = `${pointer}/${escapePointer(name)}`;
      report(faultOfName(name), at, inspected);
      visit(member, at, inspected);
    }
  }
}

function report(detail: string | undefined, pointer: string, { faults }: Inspected): void {
  if (detail !== undefined && faults.length < MOST_FAULTS) faults.push({ pointer, detail });
}

function faultOfText(text: string): string | undefined {
  if (text.includes('\0')) return 'must not contain the NUL character';
  return isWellFormed(text) ? undefined : 'must not contain half of a surrogate pair';
}

function faultOfName(name: string): string | undefined {
  if (name === '__proto__' || name === 'constructor') return 'is not a member name that can be taken';
  const fault = faultOfText(name);
  return fault && `the member name ${fault}`;
}

const loneSurrogate = /\p{Surrogate}/u;

function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text);
}

/** A member name as part of a JSON pointer (RFC 6901). A NUL is shown, not sent. */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('\0', '\u2400');
}
