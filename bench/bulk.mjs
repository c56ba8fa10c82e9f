// What a bulk job takes: a file of 250 000 events of which each hundredth is wrong in one of ten ways, uploaded in pieces
// to the built service, worked off, its results held line by line against what they have to be, and then all of it once
// more, which must store nothing new; against a file of a fiftieth of that. It takes minutes, and so is not part of
// `npm run bench`: `npm run bench:bulk`, or with so many lines `npm run bench:bulk -- 5000`.
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { bulkLines, expectedOf } from './bulk-lines.mjs';
import { folderToServe, megabytes, serve, withService } from './service.mjs';
import { consentTo, crowdOf, shopOf, tokenOf } from './shop.mjs';

const LINES = Number(process.argv[2] ?? 250_000) || 250_000;
const WRONG_EACH = 100;
const CUSTOMERS = 2_000;
const PIECE = 8_388_608;
const HEAP_MB = 192;
const JSON_BODY = { 'content-type': 'application/json' };
const PATIENCE_MS = 1_800_000;

const folder = folderToServe();
if (folder) {
  await serve(folder, 3997, ({ app, databaseUrl }) => ({
    shop: () => shopOf(app),
    crowd: (order) => crowdOf(app, databaseUrl, order),
  }));
} else await withService(fileURLToPath(import.meta.url), { heapMb: HEAP_MB }, measure);

async function measure(ask) {
  const { url } = await ask('start');
  const shop = await ask('shop');
  const { id: consentId } = await consentTo(url, shop);
  const { customers } = await ask('crowd', { consentId, count: CUSTOMERS - 1 });
  const subjects = customers.map(({ subject }) => subject);
  const client = clientOf(url, shop);
  const now = new Date();

  // Each has customers of its own, so that nothing of it is known.
  const planOf = (lines, from, to) => ({ lines, wrongEach: WRONG_EACH, subjects: subjects.slice(from, to), now });
  const files = { small: planOf(LINES / 50, 10, 110), large: planOf(LINES, 110, CUSTOMERS) };
  await take(client, planOf(1_000, 0, 10)); // what is loaded and compiled the first time is counted for nobody
  const taken = [];
  for (const [file, plan] of Object.entries(files)) {
    for (const time of ['first', 'again']) {
      await ask('watch');
      const found = await take(client, plan);
      const { peak_rss_mb, peak_heap_mb } = await ask('peak');
      check(plan, found, time === 'again' ? 'duplicate' : 'stored');
      const { stored, duplicate, conflict, rejected } = found.job.result;
      const result = { lines: plan.lines, mb: found.mb, stored, duplicate, conflict, rejected };
      taken.push({ file, time, ...result, ...found.seconds, peak_rss_mb, peak_heap_mb });
    }
  }
  console.table(taken);
  const large = taken[2];
  console.log(
    `lines a second: ${Math.round(large.lines / large.work_s)} stored, ${Math.round(large.lines / taken[3].work_s)} known`,
  );
  console.log(`peak RSS, large / small: ${(large.peak_rss_mb / taken[0].peak_rss_mb).toFixed(2)}`);
  console.log(`peak heap, large - small: ${(large.peak_heap_mb - taken[0].peak_heap_mb).toFixed(1)} MB`);
}

/** Reports a file and answers what came of it. */
async function take(client, plan) {
  const hash = createHash('sha256');
  let size = 0;
  for (const line of bulkLines(plan)) {
    hash.update(line);
    size += line.length;
  }
  const checksum = `sha-256=:${hash.digest('base64')}:`;
  const made = await client.create({ format: 'ndjson', size, checksum });
  const start = performance.now();
  await upload(client, made, plan);
  const uploaded = performance.now();
  const job = await client.overFor(made);
  const worked = performance.now();
  const seconds = { upload_s: secondsBetween(start, uploaded), work_s: secondsBetween(uploaded, worked) };
  return { job, mb: megabytes(size), seconds, results: await client.results(made) };
}

async function upload(client, job, plan) {
  let pending = [];
  let length = 0;
  let offset = 0;
  const flush = async (isLast) => {
    const content = Buffer.concat(pending);
    for (let start = 0; start < content.length; start += PIECE) {
      const piece = content.subarray(start, start + PIECE);
      await client.append(job, piece, offset, isLast && start + PIECE >= content.length);
      offset += piece.length;
    }
    pending = [];
    length = 0;
  };
  for (const line of bulkLines(plan)) {
    pending.push(line);
    length += line.length;
    if (length + line.length > PIECE) await flush(false);
  }
  await flush(true);
}

/** @throws Error for the first line of which something else is said than has to be */
function check({ lines, wrongEach }, { job, results }, good) {
  if (job.status !== 'succeeded' || job.result.lines !== lines) {
    throw new Error(`The job came to ${JSON.stringify(job)}.`);
  }
  for (let line = 1; line <= lines; line++) {
    const { outcome, code } = expectedOf(line, wrongEach);
    const expected = { outcome: outcome === 'stored' ? good : outcome, code };
    const found = results[line - 1];
    if (found?.line !== line || found.outcome !== expected.outcome || found.code !== code) {
      throw new Error(`Of line ${line} was said ${JSON.stringify(found)}, and it is ${JSON.stringify(expected)}.`);
    }
  }
  if (results.length !== lines) throw new Error(`There are ${results.length} results for ${lines} lines.`);
}

/** The shop's calls. A token lasts five minutes. */
function clientOf(url, shop) {
  let token;
  let askedAt = -Infinity;
  const call = async (method, path, status, { body, headers } = {}) => {
    if (performance.now() - askedAt > 200_000) {
      token = await tokenOf(url, shop, 'interactions.write');
      askedAt = performance.now();
    }
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body && { body }),
    });
    if (response.status === status) return response;
    throw new Error(`${method} ${path} was answered ${response.status}: ${await response.text()}`);
  };
  return {
    create: async (job) => {
      const body = JSON.stringify(job);
      return (await call('POST', '/v1/interactions/jobs', 201, { body, headers: JSON_BODY })).json();
    },
    append: ({ content_url: path }, body, offset, isLast) =>
      call('PATCH', path, isLast ? 202 : 204, {
        body,
        headers: {
          'content-type': 'application/partial-upload',
          'upload-offset': String(offset),
          'upload-complete': isLast ? '?1' : '?0',
        },
      }),
    overFor: async ({ id }) => {
      const start = performance.now();
      while (performance.now() - start < PATIENCE_MS) {
        const job = await (await call('GET', `/v1/interactions/jobs/${id}`, 200)).json();
        if (job.finished_at) return job;
        await delay(250);
      }
      throw new Error('The job takes too long.');
    },
    results: async ({ results_url: path }) => {
      const lines = (await (await call('GET', path, 200)).text()).trimEnd().split('\n');
      return lines.map((line) => JSON.parse(line));
    },
  };
}

function secondsBetween(start, end) {
  return Number(((end - start) / 1000).toFixed(2));
}
