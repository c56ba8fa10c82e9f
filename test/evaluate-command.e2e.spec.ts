import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { aFolder, ccx, ccxInterrupted } from './support/cli.js';
import { writeReplayFiles } from './support/replay-files.js';

// It starts services of its own.
jest.setTimeout(240_000);

describe('ccx evaluate', () => {
  it('names the files that are missing, before it starts anything', async () => {
    const cwd = await aFolder();
    const { code, stderr } = await ccx(['evaluate', '--path', cwd], { cwd, env: { TMPDIR: cwd } });
    expect(code).toBe(2);
    expect(stderr).toContain('There is no complete_journey_transactions.csv.gz');
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('writes its report and leaves nothing else behind', async () => {
    const { cwd, temporary, env } = await withFiles();
    const { code, stdout, stderr } = await ccx(['evaluate', '--path', cwd, '--to', 'report'], { cwd, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('priors are fitted from') });
    expect(stdout).toMatch(/^Store brand .*\n.*\nRegular purchase /ms);
    expect(readdirSync(join(cwd, 'report'))).toEqual(['evaluation', 'evaluation.md']);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('takes its service and its data along when it is interrupted', async () => {
    const { cwd, temporary, env } = await withFiles();
    const args = ['evaluate', '--path', cwd, '--to', 'report'];
    const { code } = await ccxInterrupted(args, { cwd, env, at: /Reading: / });
    expect(code).toBe(1);
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(cwd)).not.toContain('report');
  });
});

/** Made-up files of both data sets, and a folder of its own for what is temporary. */
async function withFiles() {
  const cwd = await aFolder();
  const temporary = join(cwd, 'temporary');
  await mkdir(temporary);
  writeReplayFiles(cwd);
  return { cwd, temporary, env: { TMPDIR: temporary } };
}
