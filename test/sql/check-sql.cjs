/*
 * `npm run check:sql`: judges the statements that the last run of all tests sent to PostgreSQL; runs them first where
 * that has not happened, unless `--recorded` is given. With `--part`, those of the last run of some of the tests.
 */
const { spawnSync } = require('node:child_process');
const { existsSync, statSync } = require('node:fs');
const { mkdtemp, rm } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const { compile } = require('../support/compile.cjs');
const { recordings } = require('./recordings.cjs');

async function main([option]) {
  const isWhole = option !== '--part';
  const file = isWhole ? recordings.whole : recordings.part;
  // Tests that fail are for `npm test` to tell of.
  if (!existsSync(file) && option === undefined) spawnSync('npm', ['test'], { stdio: 'inherit' });
  if (!existsSync(file)) throw new Error(`Nothing has been recorded in ${file}.`);
  const folder = await mkdtemp(join(tmpdir(), 'ccx-check-sql-'));
  try {
    await compile(folder, ['src/platform/database', 'test/sql']);
    const { check } = await import(join(folder, 'test/sql/check.js'));
    const { passes, report } = await check(file, { isWhole });
    console.log(`Statements recorded ${statSync(file).mtime.toISOString()}:\n\n${report}`);
    process.exitCode = passes ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void main(process.argv.slice(2));
