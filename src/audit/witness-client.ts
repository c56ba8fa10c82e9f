import type { PolicyWitness } from '../platform/crypto/witness-policy.js';
import type { Tracing } from '../platform/tracing/tracing.js';
import { cosignaturesBy } from './cosignature.js';
import { signatureLine } from './note.js';

/** The proof that a checkpoint continues the tree of this earlier size (RFC 6962 §2.1.2). */
export type ProofFrom = (earlierSize: number) => Promise<readonly Buffer[]>;

/** The witness has seen a log that this checkpoint does not continue. */
export class WitnessRefusalError extends Error {
  override readonly name = 'WitnessRefusalError';
}

const SIZE_TYPE = 'text/x.tlog.size';
/** No answer that the protocol knows is longer. */
const LONGEST_ANSWER = 65_536;
/** One to learn what the witness has seen, one with the proof, and one in case somebody else was in between. */
const ATTEMPTS = 3;

/** Asks one witness for cosignatures, and remembers how much of the log it has seen (C2SP tlog-witness). */
export class WitnessClient {
  private seen = 0;

  constructor(
    private readonly witness: PolicyWitness,
    private readonly patienceMs: number,
    private readonly tracing: Tracing,
  ) {}

  get name(): string {
    return this.witness.name;
  }

  /**
   * Has a checkpoint cosigned, and answers the lines for below it.
   * @throws WitnessRefusalError
   */
  async cosign(note: string, size: number, proofFrom: ProofFrom): Promise<string> {
    const signal = AbortSignal.timeout(this.patienceMs);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const old = Math.min(this.seen, size);
      const { status, type, text } = await this.post(addCheckpoint(note, old, await proofFrom(old)), signal);
      if (status === 200) return this.accepted(note, size, text);
      const seen = status === 409 && type === SIZE_TYPE && /^(0|[1-9]\d{0,15})\n$/.test(text) ? Number(text) : null;
      if (status === 422) throw new WitnessRefusalError(`it has seen another tree of ${old}`);
      if (status === 409 && old === size && (seen ?? size) === size) {
        throw new WitnessRefusalError(`it has seen another tree of ${size}`);
      }
      if (seen === null) throw new Error(`it answered ${status}`);
      if (seen > size) throw new WitnessRefusalError(`it has seen a tree of ${seen}, which is larger than ${size}`);
      this.seen = seen;
    }
    throw new Error('somebody else keeps telling it of the log');
  }

  private accepted(note: string, size: number, lines: string): string {
    const [cosignature] = cosignaturesBy(this.witness.key, note, lines);
    if (!cosignature) throw new Error('it answered without a good cosignature of its key');
    this.seen = size;
    return signatureLine(cosignature);
  }

  private async post(body: string, signal: AbortSignal): Promise<{ status: number; type: string; text: string }> {
    const url = `${this.witness.url?.replace(/\/$/, '')}/add-checkpoint`;
    const response = await this.tracing.call('POST', url, (headers) =>
      fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' }),
    );
    const [type = ''] = response.headers.get('content-type')?.split(';') ?? [];
    return { status: response.status, type: type.trim(), text: await textOf(response) };
  }
}

function addCheckpoint(note: string, old: number, proof: readonly Buffer[]): string {
  return [`old ${old}`, ...proof.map((hash) => hash.toString('base64')), '', note].join('\n');
}

async function textOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > LONGEST_ANSWER) throw new Error(`it answered more than ${LONGEST_ANSWER} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
