// Where the time of a read goes: the service reads under V8's profiler for some seconds, and the functions that took most
// of it themselves are printed. The whole profile is `read.cpuprofile`, for the tools of a browser. `npm run bench:profile`;
// another case than `read` may be named.
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { caseOf } from './cases/modules.mjs';
import { Bench } from './compare.mjs';
import { folderToServe, serve, withService } from './service.mjs';

const SECONDS = 5;
const PEOPLE = 1_000;
const PRINTED = 40;

const folder = folderToServe();
if (folder) {
  const session = new Session();
  session.connect();
  await serve(
    folder,
    3995,
    () => ({
      profile: async () => {
        await session.post('Profiler.enable');
        await session.post('Profiler.start');
      },
      profiled: async () => (await session.post('Profiler.stop')).profile,
    }),
    { LOG_LEVEL: 'info' },
  );
} else await withService(fileURLToPath(import.meta.url), {}, measure);

async function measure(ask, service) {
  const name = process.argv[2] ?? 'read';
  const { module } = await caseOf(name);
  const bench = await Bench.begin(ask, service);
  try {
    await bench.populate({ people: PEOPLE, readers: PEOPLE, customers: PEOPLE / 2 });
    const order = { module, name, sides: ['service'], connections: 16, slices: 1 };
    await bench.compare({ ...order, seconds: SECONDS }); // until all of it is compiled
    await ask('profile');
    await bench.compare({ ...order, seconds: SECONDS });
    const profile = await ask('profiled');
    await writeFile(`${name}.cpuprofile`, JSON.stringify(profile));
    console.table(selfTimes(profile).slice(0, PRINTED));
    console.log(`\nThe whole of it: ${name}.cpuprofile`);
  } finally {
    await bench.end();
  }
}

/** How much of the time that was not idle each function took itself, the most first. */
function selfTimes({ nodes, samples, timeDeltas }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map();
  let busy = 0;
  for (const [place, id] of samples.entries()) {
    const { functionName, url, lineNumber } = frames.get(id);
    if (functionName === '(idle)') continue;
    const file = url && `${basename(dirname(url))}/${basename(url)}:${lineNumber + 1}`;
    const key = `${functionName || '(anonymous)'} ${file}`;
    times.set(key, (times.get(key) ?? 0) + timeDeltas[place]);
    busy += timeDeltas[place];
  }
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .map(([name, time]) => ({ function: name, 'self %': Number(((100 * time) / busy).toFixed(1)) }));
}
