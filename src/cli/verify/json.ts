import { malformed } from './fault.js';

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** More than anything that CCX writes, and less than a stack bears. */
const DEEPEST = 64;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws Fault when it is not UTF-8 */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed(`${what} is not UTF-8`);
  }
}

/**
 * Reads JSON that says one thing only: of two members with one name, readers disagree which counts (RFC 8259 §4), so
 * that what one verifies another would not see.
 *
 * @param what What it is, for the message.
 * @throws Fault
 */
export function parseJson(text: string, what: string): Json {
  // First whether it is JSON at all: in what is none, looking for members may take the square of its length.
  const json = parsed(text, what);
  checkMembers(text, what);
  return json;
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

function checkMembers(text: string, what: string): void {
  /** The names so far of each object around, and null for each list. */
  const around: (Set<string> | null)[] = [];
  let before = '';
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') {
      if (around.length === DEEPEST) throw malformed(`${what} is nested more than ${DEEPEST} deep`);
      around.push(token === '{' ? new Set() : null);
    } else if (token === '}' || token === ']') {
      around.pop();
    } else if (token !== ',' && (before === '{' || before === ',')) {
      const names = around.at(-1);
      if (names) {
        const name = JSON.parse(token) as string;
        if (names.has(name)) throw malformed(`${what} has a member twice`);
        names.add(name);
      }
    }
    before = token;
  }
}

function parsed(text: string, what: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw malformed(`${what} is not JSON`);
  }
}

/** The JSON Canonicalization Scheme (RFC 8785): what commitments and hashes of JSON are made over. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  // Names in the order of their UTF-16 code units (§3.2.3), which is how JavaScript compares strings.
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name] as Json)}`);
  return `{${members.join(',')}}`;
}
