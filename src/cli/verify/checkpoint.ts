import { malformed } from './fault.js';
import { decodeBase64 } from './fields.js';
import { type Note, parseNote } from './note.js';

/** How far a log has got. */
export interface Tree {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** The same as a log says it (C2SP tlog-checkpoint): a note whose signatures have not been verified. */
export interface Checkpoint extends Tree {
  readonly note: Note;
}

/** @param what Which one it is, for messages. @throws Fault */
export function parseCheckpoint(text: string, what: string): Checkpoint {
  const note = parseNote(text, what);
  const [origin = '', size = '', root = '', ...extensions] = note.text.slice(0, -1).split('\n');
  const hash = decodeBase64(root);
  if (
    !origin ||
    !/^(0|[1-9]\d{0,15})$/.test(size) ||
    !Number.isSafeInteger(Number(size)) ||
    hash?.length !== 32 ||
    extensions.includes('')
  ) {
    throw malformed(`${what} is no checkpoint`);
  }
  return { origin, size: Number(size), root: hash, note };
}
