import { createReadStream } from 'node:fs';

import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import type { Context } from './context.js';
import { checkLoneCheckpoint } from './elsewhere.js';
import { type Entry, EntryTally, provedEntry } from './entries.js';
import { malformed, quoted } from './fault.js';
import { Fields } from './fields.js';
import type { Json } from './json.js';
import { recordsOf } from './lines.js';
import { done } from './report.js';
import { regularFile } from './source.js';

export const EXPORT_FORMAT = 'ccx-export-1';

/** Verifies what an auditor has exported: each line by itself, so that it may be of any length. */
export async function verifyExport(context: Context, path: string): Promise<void> {
  const { report, progress } = context;
  await regularFile(path);
  const records = recordsOf(createReadStream(path), 'the export');
  const checkpoint = await report.run('latest checkpoint', async () => {
    const { value } = (await records.next()) as IteratorResult<Json, undefined>;
    const head = new Fields(value, 'the first line');
    if (head.get('format') !== EXPORT_FORMAT) throw malformed(`it is not of the format ${EXPORT_FORMAT}`);
    const latest = parseCheckpoint(head.string('checkpoint'), 'the checkpoint');
    return done(`of ${quoted(latest.origin)}`, latest);
  });
  if (!checkpoint) return;
  await checkLoneCheckpoint(context, checkpoint);
  const tally = await report.run('entries', async () => {
    const bar = progress('Verifying', undefined, 'entries');
    try {
      return await checkLines(records, checkpoint, () => bar.add(1));
    } finally {
      bar.end();
    }
  });
  tally?.tellOfSealed(report);
}

async function checkLines(records: AsyncIterable<Json>, checkpoint: Checkpoint, onEntry: () => void) {
  const tally = new EntryTally();
  const order = new Order();
  let end: Fields | undefined;
  for await (const json of records) {
    const record = new Fields(json, `line ${tally.all + 2} of the export`);
    if (end) throw malformed('there are lines after the last');
    if (record.get('end') === true) {
      end = record;
      continue;
    }
    const entry = provedEntry(record, checkpoint);
    order.take(entry);
    tally.add(entry);
    onEntry();
  }
  if (!end) throw malformed('it breaks off before its last line');
  if (end.integer('count') !== tally.all) throw malformed(`it has ${tally.all} entries of ${end.integer('count')}`);
  return done(tally.found, tally);
}

/** Sees that no entry comes twice without remembering any: they come in one order or in the other. */
class Order {
  private last: number | undefined;
  private direction = 0;

  take({ index }: Entry): void {
    if (this.last !== undefined) {
      const direction = Math.sign(index - this.last);
      if (direction === 0 || direction === -this.direction) throw malformed(`entry ${index} is not in order`);
      this.direction = direction;
    }
    this.last = index;
  }
}
