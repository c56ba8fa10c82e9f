import { normaliseEmail } from '../crypto/pepper.js';
import { InvalidRequestError } from '../errors.js';
import { COMMON_PASSWORDS } from './common-passwords.js';

/** The least that NIST SP 800-63B asks of a password is 8; nobody has to remember a code beside this one yet. */
export const SHORTEST_PASSWORD = 12;

/** Long enough for any passphrase; anything longer only costs time to hash. */
export const LONGEST_PASSWORD = 256;

/**
 * What is wrong with a new password, or null. There are no rules of composition, as NIST SP 800-63B §3.1.1.2 asks:
 * only its length in code points, and whether it is among the first that anybody would try.
 */
export function passwordFault(password: string, email: string): string | null {
  const points = codePoints(password);
  if (points < SHORTEST_PASSWORD || points > LONGEST_PASSWORD) {
    return `must have ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`;
  }
  const folded = password.normalize('NFKC').toLowerCase();
  if (folded === normaliseEmail(email)) return 'must not be the e-mail address';
  if (COMMON_PASSWORDS.has(folded) || isRepetition(folded) || isRun(folded)) {
    return 'is among the first that somebody would try';
  }
  return null;
}

/**
 * A password that somebody chose, if it may be one.
 *
 * @param pointer Where the request has it.
 * @throws InvalidRequestError
 */
export function newPassword(password: string, email: string, pointer: string): string {
  const fault = passwordFault(password, email);
  if (fault) throw new InvalidRequestError([{ pointer, detail: fault }]);
  return password;
}

/** Whether the text can be anybody's password. Asked before it is hashed, which takes time in proportion. */
export function mayBePassword(password: string): boolean {
  return password !== '' && codePoints(password) <= LONGEST_PASSWORD;
}

function codePoints(text: string): number {
  // A text of so many code units cannot be short enough: no need to walk through megabytes.
  if (text.length > 2 * LONGEST_PASSWORD) return Number.POSITIVE_INFINITY;
  return [...text].length;
}

/** One to four characters over and over: `aaaaaaaaaaaa`, `abcabcabcabc`. */
function isRepetition(text: string): boolean {
  return /^(.{1,4})\1+$/u.test(text);
}

/** Neighbours in the alphabet or on the number row, from the first to the last: `123456789012`, `abcdefghijkl`. */
function isRun(text: string): boolean {
  const runs = [
    '12345678901234567890',
    'abcdefghijklmnopqrstuvwxyz',
    'qwertyuiopasdfghjklzxcvbnm',
    'qwertzuiopasdfghjklyxcvbnm',
  ];
  return runs.some((run) => run.includes(text) || [...run].toReversed().join('').includes(text));
}
