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
  // Only an escape can bring a NUL or half of a surrogate pair into a text that is UTF-8 and well-formed JSON.
  const kept = membersOf(value, text.includes('\\u'));
  if (kept === null) {
    throw new MalformedJsonError('The body holds what cannot be taken; `errors` names it.', faultsOf(value));
  }
  // A repeated name leaves one member where the text has two.
  if (kept !== members) throw new MalformedJsonError('An object of the body repeats a member name.');
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeUtf8(body: Uint8Array): string {
  try {
    return utf8.decode(body);
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

/** How many members all objects of a value have; null as soon as one thing cannot be taken, which is rare. */
function membersOf(value: unknown, hasEscapes: boolean): number | null {
  if (typeof value === 'string') return hasEscapes && faultOfText(value) ? null : 0;
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : null;
  if (typeof value !== 'object' || value === null) return 0;

  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      const within = membersOf(item, hasEscapes);
      if (within === null) return null;
      members += within;
    }
    return members;
  }
  const names = Object.keys(value);
  if (names.length > MOST_MEMBERS) return null;
  for (const name of names) {
    if (isReserved(name) || (hasEscapes && faultOfText(name))) return null;
    const within = membersOf((value as Record<string, unknown>)[name], hasEscapes);
    if (within === null) return null;
    members += 1 + within;
  }
  return members;
}

/** What of a value that is known not to be deep cannot be taken. */
function faultsOf(root: unknown): FieldError[] {
  const faults: FieldError[] = [];
  visit(root, '', faults);
  return faults;
}

function visit(value: unknown, pointer: string, faults: FieldError[]): void {
  if (typeof value === 'string') report(faultOfText(value), pointer, faults);
  else if (typeof value === 'number') {
    report(Number.isFinite(value) ? undefined : 'is beyond the range of numbers', pointer, faults);
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => visit(item, `${pointer}/${index}`, faults));
  } else if (value !== null && typeof value === 'object') {
    const members = Object.entries(value);
    if (members.length > MOST_MEMBERS) report(`has more than ${MOST_MEMBERS} members`, pointer, faults);
    for (const [name, member] of members) {
      const at = `${pointer}/${escapePointer(name)}`;
      report(faultOfName(name), at, faults);
      visit(member, at, faults);
    }
  }
}

function report(detail: string | undefined, pointer: string, faults: FieldError[]): void {
  if (detail !== undefined && faults.length < MOST_FAULTS) faults.push({ pointer, detail });
}

function faultOfText(text: string): string | undefined {
  if (text.includes('\0')) return 'must not contain the NUL character';
  return loneSurrogate.test(text) ? 'must not contain half of a surrogate pair' : undefined;
}

function faultOfName(name: string): string | undefined {
  if (isReserved(name)) return 'is not a member name that can be taken';
  const fault = faultOfText(name);
  return fault && `the member name ${fault}`;
}

const loneSurrogate = /\p{Surrogate}/u;

function isReserved(name: string): boolean {
  return name === '__proto__' || name === 'constructor';
}

/** A member name as part of a JSON pointer (RFC 6901). A NUL is shown, not sent. */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('\0', '\u2400');
}
