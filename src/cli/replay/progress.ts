import { SingleBar } from 'cli-progress';

import { say } from '../output.js';

const LINE_INTERVAL_MS = 5_000;

/** A long piece of work, as people see it: a bar on a terminal, a line now and then elsewhere. */
export interface Progress {
  /** So many more are done. */
  add(count: number): void;
  end(): void;
}

/** @param total how many there are to do, if that is known */
export function startProgress(what: string, total: number | undefined, unit: string): Progress {
  const begun = Date.now();
  const rate = (done: number) => `${Math.round(done / Math.max((Date.now() - begun) / 1_000, 0.001))} ${unit}/s`;
  return process.stderr.isTTY && total !== undefined ? bar(what, total, rate) : lines(what, total, rate);
}

function bar(what: string, total: number, rate: (done: number) => string): Progress {
  const shown = new SingleBar({
    format: `${what.padEnd(12)} {bar} {percentage}% | {value}/{total} | {rate} | {eta_formatted} left`,
    hideCursor: true,
    etaBuffer: 1_000,
  });
  let done = 0;
  shown.start(total, 0, { rate: rate(0) });
  return {
    add: (count) => shown.update((done += count), { rate: rate(done) }),
    end: () => shown.stop(),
  };
}

function lines(what: string, total: number | undefined, rate: (done: number) => string): Progress {
  let done = 0;
  let told = Date.now();
  const tell = () => {
    told = Date.now();
    say(`${what}: ${total === undefined ? done : `${done} of ${total}`} (${rate(done)})`);
  };
  tell();
  return {
    add: (count) => {
      done += count;
      if (Date.now() - told >= LINE_INTERVAL_MS) tell();
    },
    end: tell,
  };
}
