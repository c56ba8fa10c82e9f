import { open } from 'node:fs/promises';

import type { Tracing } from '../platform/tracing/tracing.js';
import type { PublishedCheckpoint } from './checkpoint.js';

/** A place that keeps checkpoints, out of the operator's reach. */
export interface AnchorTarget {
  /** What it is called, and by what its progress is remembered. */
  readonly name: string;
  /** How many checkpoints it takes at a time. */
  readonly atOnce: number;
  /** Resolves once all of them are kept. What is given twice is kept twice, and says the same twice. */
  keep(checkpoints: readonly PublishedCheckpoint[]): Promise<void>;
}

const NEWLINE = 0x0a;
const PATIENCE_MS = 10_000;

/** A file to which checkpoints are only ever appended, each below a line that says when it was signed. */
export function anchorFile(path: string): AnchorTarget {
  return {
    name: path,
    atOnce: 500,
    keep: async (checkpoints) => {
      const file = await open(path, 'a+');
      try {
        const { size } = await file.stat();
        const { buffer } = size > 0 ? await file.read(Buffer.alloc(1), 0, 1, size - 1) : { buffer: Buffer.of(NEWLINE) };
        // Whatever was cut short by a crash ends its line here, and is no note; it was not taken for kept either.
        const start = buffer[0] === NEWLINE ? '' : '\n';
        await file.appendFile(start + checkpoints.map(block).join(''));
        await file.sync();
      } finally {
        await file.close();
      }
    },
  };
}

/** An address to which each checkpoint is posted as it is, one after another. */
export function anchorUrl(url: string, tracing: Tracing): AnchorTarget {
  const { origin, pathname } = new URL(url);
  return {
    // A query may hold what nobody should read in a log.
    name: origin + pathname,
    atOnce: 1,
    keep: async ([checkpoint]) => {
      const response = await tracing.call('POST', url, (trace) =>
        fetch(url, {
          method: 'POST',
          headers: { ...trace, 'content-type': 'text/plain; charset=utf-8' },
          body: checkpoint?.note ?? '',
          redirect: 'error',
          signal: AbortSignal.timeout(PATIENCE_MS),
        }),
      );
      await response.body?.cancel();
      if (!response.ok) throw new Error(`it answered ${response.status}`);
    },
  };
}

function block({ note, signedAt }: PublishedCheckpoint): string {
  return `--- ${signedAt.toISOString()}\n${note}`;
}
