const { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const { recordings } = require('../sql/recordings.cjs');
const { isWhole } = require('./whole-run.cjs');

/** Keeps what the workers of a run have noted (`recorder.cjs`), each statement once, for `npm run check:sql`. */
module.exports = class StatementsReporter {
  constructor(globalConfig) {
    this.globalConfig = globalConfig;
  }

  onRunComplete() {
    const folder = join(process.env.CCX_TEST_FOLDER ?? '', 'statements');
    if (!process.env.CCX_TEST_FOLDER || !existsSync(folder)) return;
    const file = isWhole(this.globalConfig) ? recordings.whole : recordings.part;
    const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'));
    const first = new Map();
    for (const line of lines.filter(Boolean)) {
      const { spec, text } = JSON.parse(line);
      if (!first.has(text)) first.set(text, spec);
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, Array.from(first, ([text, spec]) => `${JSON.stringify({ spec, text })}\n`).join(''));
  }
};
