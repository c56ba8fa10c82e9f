import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { datasetNames, datasetOf } from '../src/cli/replay/datasets.js';
import { play, type PlayOptions } from '../src/cli/replay/play.js';
import type { Replayed } from '../src/cli/replay/replay.js';
import { faultsOf } from '../src/cli/replay/summary.js';
import { anOperator } from './support/actors.js';
import { startApp } from './support/app.js';
import { runSetting } from './support/database-server.js';
import { writeReplayFiles, writeReplaySample } from './support/replay-files.js';

// Thousands of events, three times.
jest.setTimeout(600_000);

const CUSTOMERS = 20;

/** The real files lie beside some clones, and in no clone: then made-up ones do. */
const real = resolve('../shared/data');
const isReal = existsSync(join(real, 'online_retail_lines.csv.gz'));

let folder: string;
beforeAll(() => {
  folder = join(runSetting('folder'), 'replay-sample');
  mkdirSync(folder, { recursive: true });
  if (isReal) writeReplaySample(real, folder, CUSTOMERS);
  else writeReplayFiles(folder);
});

/** Plays all data sets to a service of their own. */
async function playAll(how: Partial<PlayOptions>): Promise<Replayed[]> {
  const app = await startApp();
  try {
    const operator = await anOperator(app);
    const all: Replayed[] = [];
    for (const name of datasetNames) {
      const { replayed } = await play({
        dataset: datasetOf(name, folder),
        url: app.url,
        operator,
        state: join(app.config.DATA_FOLDER, 'replay', `${name}.json`),
        verify: true,
        patienceMs: 5_000,
        say: () => undefined,
        progress: () => ({ add: () => undefined, end: () => undefined }),
        ...how,
      });
      expect(faultsOf(replayed)).toEqual([]);
      all.push(replayed);
    }
    return all;
  } finally {
    await app.stop();
  }
}

const checksumsOf = (all: readonly Replayed[]) => all.map(({ endState }) => endState?.checksum);

describe(`a replay of ${isReal ? 'the real' : 'made-up'} shopping of a few customers`, () => {
  it('ends the same whatever the order, however often, and in batches as in files', async () => {
    const plain = await playAll({});
    expect(new Set(checksumsOf(plain)).size).toBe(datasetNames.length);
    for (const how of [
      { shuffle: 'a', duplicate: 0.2 },
      { shuffle: 'b', duplicate: 0.2, bulk: true },
    ]) {
      const messy = await playAll(how);
      expect(checksumsOf(messy)).toEqual(checksumsOf(plain));
      for (const { script, due, outcomes } of messy) {
        expect(due).toBe(script.length + Math.round(script.length / 5));
        expect(outcomes).toMatchObject({ sent: due, stored: script.length, duplicate: due - script.length });
      }
    }
  });
});
