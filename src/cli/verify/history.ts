import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';

import { type Checkpoint, parseCheckpoint, type Tree } from './checkpoint.js';
import { unreadable } from './fault.js';
import { Fields } from './fields.js';
import { decodeUtf8, parseJson } from './json.js';
import { recordsOf } from './lines.js';
import { type LogSource, regularFile } from './source.js';
import type { Trust } from './trust.js';

const AT_ONCE = 1_000;
const LONGEST_PAGE = 16 * 1024 * 1024;
const MOST_PAGES = 10_000;

/** The trees that the log says to have published up to its latest checkpoint, each signed by it. @throws Fault */
export async function readHistory(source: LogSource, trust: Trust, latest: Checkpoint): Promise<Tree[]> {
  const history: Tree[] = [];
  for await (const note of source.isLive ? pagesOfNotes(source) : linesOfNotes(source.name)) {
    const checkpoint = parseCheckpoint(note, 'an earlier checkpoint');
    const { origin, size, root } = checkpoint;
    // One that has been published since the latest was fetched is checked by whoever comes next.
    if (size > latest.size && source.isLive) break;
    trust.verify(checkpoint, `the checkpoint of size ${size}`);
    history.push({ origin, size, root });
  }
  return history;
}

/** A mirror has them in one file, one per line. */
async function* linesOfNotes(folder: string): AsyncGenerator<string> {
  const path = join(folder, 'checkpoints');
  if (!existsSync(path)) return;
  await regularFile(path);
  for await (const json of recordsOf(createReadStream(path), 'the history')) {
    yield new Fields(json, 'the history').string('note');
  }
}

async function* pagesOfNotes(source: LogSource): AsyncGenerator<string> {
  let after = '';
  for (let page = 0; page < MOST_PAGES; page++) {
    const bytes = await source.read(`checkpoints?limit=${AT_ONCE}${after}`, LONGEST_PAGE);
    if (!bytes) return;
    const answer = new Fields(parseJson(decodeUtf8(bytes, 'the history'), 'the history'), 'the history');
    const items = answer.objects('items');
    for (const item of items) yield item.string('note');
    if (items.length === 0 || !answer.has('next_after')) return;
    after = `&after=${encodeURIComponent(answer.string('next_after'))}`;
  }
  throw unreadable('the history has no end');
}
