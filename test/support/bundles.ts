import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { extract } from 'tar-stream';

import type { Caller } from './actors.js';
import type { TestApp } from './app.js';
import { runSetting } from './database-server.js';
import { asBytes } from './streamed.js';
import { verdictOn, type Verdict } from './verifying.js';

/** A bundle as somebody got it. */
export class GotBundle {
  private constructor(
    readonly bytes: Buffer,
    readonly files: ReadonlyMap<string, Buffer>,
  ) {}

  static async of(bytes: Buffer): Promise<GotBundle> {
    const files = new Map<string, Buffer>();
    const entries = Readable.from([bytes]).pipe(createGunzip()).pipe(extract());
    for await (const entry of entries) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      files.set(entry.header.name, Buffer.concat(chunks));
    }
    return new GotBundle(bytes, files);
  }

  /** The folder that all of it is in. */
  get folder(): string {
    return [...this.files.keys()][0]?.split('/')[0] ?? '';
  }

  text(name: string): string {
    return (this.files.get(`${this.folder}/${name}`) as Buffer).toString();
  }

  // What a bundle holds is for each test to say.
  // oxlint-disable-next-line typescript/no-explicit-any
  json(name: string): any {
    return JSON.parse(this.text(name));
  }

  // oxlint-disable-next-line typescript/no-explicit-any
  lines(name: string): any[] {
    const lines = this.text(name).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line));
  }

  /** What `ccx verify` says of it, with the policy, the keys and the log that the service publishes. */
  async verdict(app: TestApp): Promise<Verdict> {
    const folder = await mkdtemp(join(runSetting('folder'), 'bundle-'));
    const file = join(folder, `${this.folder}.tar.gz`);
    await writeFile(file, this.bytes);
    const { url } = app;
    return verdictOn(file, { policy: `${url}/log/v1/policy`, keys: `${url}/oauth/jwks`, log: `${url}/log/v1` });
  }
}

/** Asks for a bundle and reads it. */
export async function getBundle(api: Caller, path: string): Promise<GotBundle> {
  const { body } = await api.get(path).buffer(true).parse(asBytes).expect(200);
  return GotBundle.of(body as Buffer);
}
