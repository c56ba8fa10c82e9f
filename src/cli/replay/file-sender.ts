import { createHash, type Hash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { LARGEST_FILE } from '../../interactions/jobs.dto.js';
import { LARGEST_PIECE, MOST_FILE_LINES } from '../../interactions/upload.service.js';
import { type Caller, everyItem, expecting, type Reply } from '../api/http-api.js';
import { CliError } from '../errors.js';
import type { Outcomes, Result } from './outcomes.js';
import { ScratchFile } from './scratch-file.js';
import type { Sender } from './sender.js';

const POLL_MS = 250;

interface Job {
  readonly id: string;
  readonly status: string;
  readonly errors: unknown;
}
const pending = ['uploading', 'queued', 'running'];

/** Sends events as files, by bulk jobs: as many as there have to be, one after the other. */
export class FileSender implements Sender {
  private file = new EventFile();

  constructor(
    private readonly caller: Caller,
    private readonly outcomes: Outcomes,
  ) {}

  async send(id: string, event: string): Promise<void> {
    if (!this.file.hasRoomFor(event)) await this.hand();
    this.file.add(id, event);
  }

  async finish(): Promise<void> {
    if (this.file.ids.length > 0) await this.hand();
    this.file.close();
  }

  private async hand(): Promise<void> {
    const { file } = this;
    this.file = new EventFile();
    const path = await this.announce(file);
    for (let offset = 0; offset < file.size;) offset = await this.upload(path, file, offset);
    await this.untilDone(path);
    await this.account(path, file);
    file.close();
  }

  /** Answers the path of a new job. A service keeps only so many that were begun by runs that were cut. */
  private async announce(file: EventFile): Promise<string> {
    for await (const { id, status } of everyItem<Job>(this.caller, '/v1/interactions/jobs')) {
      if (status !== 'uploading') continue;
      await expecting(this.caller, { method: 'DELETE', path: `/v1/interactions/jobs/${id}` }, 204);
    }
    const body = { format: 'ndjson', size: file.size, checksum: `sha-256=:${file.checksum()}:` };
    const request = { method: 'POST', path: '/v1/interactions/jobs', body } as const;
    return `/v1/interactions/jobs/${(await expecting<Job>(this.caller, request, 201)).body.id}`;
  }

  /** Sends the next piece and answers where the one after it begins. */
  private async upload(path: string, file: EventFile, offset: number): Promise<number> {
    const end = Math.min(offset + LARGEST_PIECE, file.size);
    const headers = {
      'content-type': 'application/partial-upload',
      'upload-offset': String(offset),
      'upload-complete': end === file.size ? '?1' : '?0',
    };
    const body = file.read(offset, end);
    const request = { method: 'PATCH', path: `${path}/content`, headers, body } as const;
    const reply = await expecting(this.caller, request, 202, 204, 409);
    if (reply.status !== 409) return end;
    // A piece whose answer was lost is there already.
    return this.uploaded(path);
  }

  private async uploaded(path: string): Promise<number> {
    const { headers }: Reply = await expecting(this.caller, { method: 'HEAD', path: `${path}/content` }, 200, 204);
    return Number(headers.get('upload-offset'));
  }

  private async untilDone(path: string): Promise<void> {
    for (;;) {
      const { status, errors } = (await expecting<Job>(this.caller, { method: 'GET', path }, 200)).body;
      if (status === 'succeeded') return;
      if (!pending.includes(status)) {
        throw new CliError(`The bulk job ${path} has ${status}: ${JSON.stringify(errors)}`);
      }
      await delay(POLL_MS);
    }
  }

  private async account(path: string, { ids }: EventFile): Promise<void> {
    const { body } = await expecting<string>(this.caller, { method: 'GET', path: `${path}/results` }, 200);
    const results = new Map<number, Result>();
    for (const line of body.split('\n').filter(Boolean)) {
      const result = JSON.parse(line) as Result & { line: number };
      results.set(result.line, result);
    }
    for (const [index, id] of ids.entries()) this.outcomes.add(id, results.get(index + 1));
  }
}

/** Events by line, and their ids. */
class EventFile {
  readonly ids: string[] = [];
  private readonly content = new ScratchFile();
  private readonly hash: Hash = createHash('sha256');

  get size(): number {
    return this.content.length;
  }

  hasRoomFor(event: string): boolean {
    return this.ids.length < MOST_FILE_LINES && this.size + Buffer.byteLength(event) < LARGEST_FILE;
  }

  add(id: string, event: string): void {
    const line = Buffer.from(`${event}\n`);
    this.ids.push(id);
    this.hash.update(line);
    this.content.append(line);
  }

  read(begin: number, end: number): Buffer {
    return this.content.read(begin, end);
  }

  /** Of all of it, once there is nothing to add. */
  checksum(): string {
    return this.hash.digest('base64');
  }

  close(): void {
    this.content.close();
  }
}
