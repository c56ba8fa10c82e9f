import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import { malformed } from './fault.js';
import { decodeBase64 } from './fields.js';

const HEADER = 'c2sp.org/tlog-proof@v1';
/** A tree has no more levels than its size has bits. */
const LONGEST_PATH = 64;

export interface TlogProof {
  readonly index: number;
  readonly path: Buffer[];
  readonly checkpoint: Checkpoint;
}

/** Reads a proof that something was logged (C2SP tlog-proof). @throws Fault */
export function parseTlogProof(text: string): TlogProof {
  const end = text.indexOf('\n\n');
  const [header, ...lines] = text.slice(0, Math.max(end, 0)).split('\n');
  if (header !== HEADER) throw malformed('the proof is not of the format c2sp.org/tlog-proof@v1');
  const rest = lines[0]?.startsWith('extra ') ? lines.slice(1) : lines;
  const [, index] = /^index (0|[1-9]\d{0,15})$/.exec(rest[0] ?? '') ?? [];
  const path = rest.slice(1).map(decodeBase64);
  if (index === undefined || path.length > LONGEST_PATH || !path.every((hash) => hash?.length === 32))
    throw malformed('the proof has no index and hashes as it should');
  const checkpoint = parseCheckpoint(text.slice(end + 2), 'the checkpoint of the proof');
  return { index: Number(index), path: path as Buffer[], checkpoint };
}
