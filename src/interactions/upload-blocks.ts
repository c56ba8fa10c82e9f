import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

import type { Reader, Tx } from '../platform/database/database.js';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Small enough that going on in the middle of a file reads little of it twice. */
const BLOCK = 262_144;
const BLOCKS_AT_ONCE = 2;

/** A stretch of a file as it is kept. */
export interface Block {
  readonly start: number;
  readonly data: Buffer;
}

/** Cuts a piece that begins at this place of the file into blocks. */
export async function blocksOf(piece: Buffer, start: number): Promise<Block[]> {
  const blocks: Block[] = [];
  for (let offset = 0; offset < piece.length; offset += BLOCK) {
    const data = await compress(piece.subarray(offset, offset + BLOCK), { level: 1 });
    blocks.push({ start: start + offset, data });
  }
  return blocks;
}

export async function insertBlocks(tx: Tx, jobId: string, blocks: readonly Block[]): Promise<void> {
  for (const { start, data } of blocks) {
    await tx.query('insert into interaction_job_blocks (job_id, start, data) values ($1, $2, $3)', [
      jobId,
      start,
      data,
    ]);
  }
}

export async function deleteBlocks(tx: Tx, jobId: string): Promise<void> {
  await tx.query('delete from interaction_job_blocks where job_id = $1', [jobId]);
}

/** The file from this place on, never more than a few blocks at a time. */
export async function* contentFrom(reader: Reader, jobId: string, offset = 0): AsyncGenerator<Buffer> {
  let place = offset;
  for (;;) {
    const rows = await reader.query<{ start: string; data: Buffer }[]>(
      `select start, data from interaction_job_blocks
        where job_id = $1
          and start >= (select max(start) from interaction_job_blocks where job_id = $1 and start <= $2)
        order by start limit ${BLOCKS_AT_ONCE}`,
      [jobId, place],
    );
    const before = place;
    for (const { start, data } of rows) {
      const block = await decompress(data);
      const rest = block.subarray(place - Number(start));
      place += rest.length;
      if (rest.length > 0) yield rest;
    }
    if (place === before) return;
  }
}

/** What can only be said of a file as a whole. */
export async function inspect(content: AsyncIterable<Buffer>): Promise<{ sha256: Buffer; lines: number }> {
  const hash = createHash('sha256');
  let lines = 0;
  let last: number | undefined;
  for await (const block of content) {
    hash.update(block);
    for (let at = block.indexOf(NEWLINE); at !== -1; at = block.indexOf(NEWLINE, at + 1)) lines += 1;
    last = block.at(-1);
  }
  return { sha256: hash.digest(), lines: last === undefined || last === NEWLINE ? lines : lines + 1 };
}

const NEWLINE = 10;
