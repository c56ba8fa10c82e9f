#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';

import { outliveReaders } from './output.js';
import { run } from './program.js';

/** Of the nearest package that has one: the compiled program may lie at any depth below it. */
function packageVersion(from: URL): string {
  const file = new URL('package.json', from);
  const { version } = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }) : {};
  const parent = new URL('..', from);
  return version ?? (parent.href === from.href ? 'unknown' : packageVersion(parent));
}

outliveReaders();
process.exitCode = await run({
  args: process.argv.slice(2),
  env: process.env,
  version: packageVersion(new URL('.', import.meta.url)),
});
