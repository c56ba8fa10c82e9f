import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

import { CliError, exitCodes } from './errors.js';

/**
 * Asks whoever sits at the terminal.
 *
 * @param otherwise what to do where nobody does, in the imperative
 * @throws CliError where nobody sits at a terminal
 */
export async function ask(question: string, otherwise: string, { hidden = false } = {}): Promise<string> {
  if (!process.stdin.isTTY) throw new CliError(`There is no terminal to ask at. ${otherwise}`, exitCodes.misused);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: hidden ? silent : process.stderr, terminal: true });
  if (hidden) process.stderr.write(question);
  try {
    return await terminal.question(hidden ? '' : question);
  } finally {
    if (hidden) process.stderr.write('\n');
    terminal.close();
  }
}
