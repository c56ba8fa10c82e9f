import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { runSetting } from './support/database-server.js';
import { writeReplayFiles } from './support/replay-files.js';

// Several services and replays, one after the other, each killed a few times.
jest.setTimeout(600_000);

/** Runs `bench/replay-cuts.mjs` on made-up files, as people run it on the real ones. */
async function replayCuts(folder: string, dataset: string, by: string): Promise<{ code: unknown; said: string }> {
  const ccx = join(runSetting('compiled'), 'src/cli/ccx.js');
  const { PATH, HOME } = process.env;
  const child = spawn(
    process.execPath,
    [resolve('bench/replay-cuts.mjs'), '--path', folder, '--ccx', ccx, '--cuts', '3', '--dataset', dataset, '--by', by],
    {
      env: { PATH, HOME },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = await once(child, 'close');
  return { code, said };
}

describe('a replay that is shuffled, sent twice in part, and killed with its service again and again', () => {
  const ways = [
    ['online-retail', 'batches'],
    ['complete-journey', 'files'],
  ] as const;
  // Both at the same time: most of it is waiting for what was killed to be taken over.
  const runs = new Map<string, ReturnType<typeof replayCuts>>();

  beforeAll(() => {
    const folder = join(runSetting('folder'), 'replay-cuts');
    mkdirSync(folder, { recursive: true });
    writeReplayFiles(folder);
    for (const [dataset, by] of ways) runs.set(dataset, replayCuts(folder, dataset, by));
  });
  afterAll(() => Promise.allSettled(runs.values()));

  it.each(ways)('of %s in %s ends as a plain one does', async (dataset) => {
    const { code, said } = await runs.get(dataset)!;
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining(`${dataset}: one end state`) });
    expect(said).toMatch(/messy, in .*: .* began/);
  });
});
