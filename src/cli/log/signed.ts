import type { Checkpoint } from '../../audit/checkpoint.js';
import { isSignedBy, parseCheckpoint, parseNote, successorIn } from '../../audit/note.js';
import { parseVerifierKey, type VerifierKey } from '../../platform/crypto/verifier-key.js';
import { CliError } from '../errors.js';

export interface MirroredCheckpoint extends Checkpoint {
  readonly note: string;
}

/** The log is not what its own signed checkpoint says, or not what it was before. */
export class NotTheLogError extends CliError {
  constructor(what: string) {
    super(
      `${what} Its checkpoint is kept as checkpoint.refused, and the copy stays as it was: show both to those who ` +
        'watch this log.',
    );
  }
}

/** A key of the log, and the checkpoint by which the one before it introduced it. */
export interface MirroredKey {
  readonly key: VerifierKey;
  readonly handover: string | null;
}

/** What `/log/v1/keys` answers. @throws CliError */
export function readKeys(text: string): MirroredKey[] {
  try {
    const { keys } = JSON.parse(text) as { keys: { vkey: string; handover: string | null }[] };
    return keys.map(({ vkey, handover }) => {
      const key = parseVerifierKey(vkey);
      if (!key) throw new TypeError(vkey);
      return { key, handover };
    });
  } catch {
    throw new CliError('The keys of the log are not in the form that CCX gives them.');
  }
}

/** The keys that may sign, all of which those known from before have introduced. @throws CliError */
export function succeeding(known: string | undefined, keys: readonly MirroredKey[]): VerifierKey[] {
  if (known === undefined) return keys.map(({ key }) => key);
  const trusted = readKeys(known).map(({ key }) => key);
  const missing = trusted.find((one) => !keys.some(({ key }) => key.vkey === one.vkey));
  if (missing) throw new CliError(`The log denies its key ${missing.vkey}, which is known here.`);
  for (const { key, handover } of keys) {
    if (trusted.some(({ vkey }) => vkey === key.vkey)) continue;
    const note = handover === null ? null : parseNote(handover);
    const isIntroduced = note && successorIn(note)?.vkey === key.vkey && trusted.some((one) => isSignedBy(note, one));
    if (!isIntroduced) throw new CliError(`The key ${key.vkey} is not introduced by one that is known here.`);
    trusted.push(key);
  }
  return trusted;
}

/** A checkpoint that one of the keys has signed. @throws CliError */
export function readCheckpoint(text: string, keys: readonly VerifierKey[]): MirroredCheckpoint {
  const note = parseNote(text);
  const checkpoint = note && parseCheckpoint(note);
  if (!checkpoint) throw new CliError('There is a checkpoint that is none.');
  const isSigned = keys.some((key) => key.name === checkpoint.origin && isSignedBy(note, key));
  if (!isSigned) throw new CliError(`The checkpoint of ${checkpoint.size} entries is not signed by a key of the log.`);
  return { ...checkpoint, note: text };
}
