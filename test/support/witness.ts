import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { verifyConsistency } from '../../src/audit/tree.js';
import { sha256 } from './log-proofs.js';

interface Seen {
  readonly size: number;
  readonly root: Buffer;
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly text?: string;
}

/** How a witness may misbehave. */
export type Mood =
  | 'well'
  /** It does not answer at all. */
  | 'hangs'
  /** It answers 500. */
  | 'fails'
  /** It signs something else. */
  | 'lies'
  /** It never stops talking. */
  | 'babbles';

/** A witness as C2SP tlog-witness describes it, for one log, written without code of the log's but the tree's. */
export class TestWitness {
  /** What it has cosigned last. */
  seen: Seen = { size: 0, root: Buffer.alloc(0) };
  mood: Mood = 'well';
  /** The `old` lines it was sent, and what it answered. */
  readonly asked: string[] = [];

  private constructor(
    readonly name: string,
    readonly url: string,
    private readonly privateKey: KeyObject,
    private readonly publicKey: Buffer,
    private readonly origin: () => string,
    readonly stop: () => Promise<void>,
  ) {}

  /** @param origin Of the log that it knows. */
  static async start(name: string, origin: () => string): Promise<TestWitness> {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const server = createServer((request, response) => void witness.handle(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}/`;
    const stop = async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    };
    const bytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    const witness = new TestWitness(`${name}.example`, url, privateKey, bytes, origin, stop);
    return witness;
  }

  /** C2SP signed-note, "Verifier keys". */
  get vkey(): string {
    const typed = Buffer.concat([Buffer.of(4), this.publicKey]);
    return `${this.name}+${this.keyId.toString('hex')}+${typed.toString('base64')}`;
  }

  private get keyId(): Buffer {
    return sha256(`${this.name}\n`, Buffer.of(4), this.publicKey).subarray(0, 4);
  }

  /** Whether the note has a good cosignature of this witness. */
  hasCosigned(note: string): boolean {
    const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
    const line = note.split('\n').find((one) => one.startsWith(`— ${this.name} `));
    if (!line) return false;
    const bytes = Buffer.from(line.split(' ').at(-1) ?? '', 'base64');
    const message = `cosignature/v1\ntime ${bytes.readBigUInt64BE(4)}\n${text}`;
    return (
      bytes.subarray(0, 4).equals(this.keyId) &&
      verify(null, Buffer.from(message), createPublicKey(this.privateKey), bytes.subarray(12))
    );
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    if (this.mood === 'hangs') return;
    if (this.mood === 'babbles') {
      const babble = () => {
        while (!response.destroyed && response.write('bla '.repeat(4_000)));
      };
      response.on('drain', babble);
      return babble();
    }
    const answer = this.mood === 'fails' ? { status: 500 } : this.addCheckpoint(request, body);
    this.asked.push(`${body.split('\n', 1)[0]}: ${answer.status}`);
    response.writeHead(answer.status, { 'content-type': answer.type ?? 'text/plain' }).end(answer.text ?? '');
  }

  private addCheckpoint({ method, url }: IncomingMessage, body: string): Answer {
    if (method !== 'POST' || url !== `${new URL(this.url).pathname}add-checkpoint`) return { status: 405 };
    const [head = '', ...rest] = body.split('\n\n');
    const note = rest.join('\n\n');
    const [oldLine = '', ...proof] = head.split('\n');
    const [, old] = /^old (0|[1-9]\d*)$/.exec(oldLine) ?? [];
    const [, origin, sizeText, rootText] =
      /^(.+)\n(0|[1-9]\d*)\n([A-Za-z0-9+/]{43}=)\n(?:.+\n)*\n— .+\n$/.exec(note) ?? [];
    if (old === undefined || rootText === undefined || proof.length > 63) return { status: 400 };
    if (origin !== this.origin()) return { status: 404 };
    const submitted = { size: Number(sizeText), root: Buffer.from(rootText, 'base64') };
    if (Number(old) > submitted.size) return { status: 400 };
    const { size } = this.seen;
    if (Number(old) !== size) return { status: 409, type: 'text/x.tlog.size', text: `${size}\n` };
    if (size === submitted.size && size > 0 && !this.seen.root.equals(submitted.root)) {
      return { status: 409, type: 'text/x.tlog.size', text: `${size}\n` };
    }
    const hashes = proof.map((line) => Buffer.from(line, 'base64'));
    const continues = size === 0 ? proof.length === 0 : verifyConsistency(this.seen, submitted, hashes);
    if (!continues) return { status: 422 };
    this.seen = submitted;
    return { status: 200, text: this.cosignature(note.slice(0, note.lastIndexOf('\n\n') + 1)) };
  }

  private cosignature(text: string): string {
    const time = BigInt(Math.floor(Date.now() / 1000));
    const timestamp = Buffer.alloc(8);
    timestamp.writeBigUInt64BE(time);
    const said = this.mood === 'lies' ? text.replace(/\n\d+\n/, '\n7\n') : text;
    const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${said}`), this.privateKey);
    const line = (name: string, ...bytes: Buffer[]) => `— ${name} ${Buffer.concat(bytes).toString('base64')}\n`;
    // A line of a key that nobody knows is to be ignored.
    return line('stranger.example', Buffer.alloc(76, 1)) + line(this.name, this.keyId, timestamp, signature);
  }
}
