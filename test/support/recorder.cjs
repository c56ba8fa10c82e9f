/*
 * Notes the text of each statement that the service sends to PostgreSQL, never a value, with the test file that was the
 * first to cause it, for `npm run check:sql`. The service's connections are known by their name; those of the tests
 * themselves, of migrations and of maintenance by hand have others.
 */
const { appendFileSync, mkdirSync } = require('node:fs');
const { join, relative } = require('node:path');
const pg = require('pg');

const APPLICATION = 'ccx';
const installed = Symbol.for('ccx.recorder');
const root = join(__dirname, '../..');

// The test files of a worker share one `pg`, and this runs before each of them; once in a process that a test starts.
if (process.env.CCX_TEST_FOLDER && !pg.Client.prototype[installed]) {
  const folder = join(process.env.CCX_TEST_FOLDER, 'statements');
  const file = join(folder, `${process.pid}.ndjson`);
  const { query } = pg.Client.prototype;
  const seen = new Set();
  mkdirSync(folder, { recursive: true });

  pg.Client.prototype[installed] = true;
  pg.Client.prototype.query = function (...parameters) {
    if (this.connectionParameters.application_name === APPLICATION) note(textOf(parameters[0]));
    return query.apply(this, parameters);
  };

  function note(text) {
    if (text === undefined || seen.has(text)) return;
    seen.add(text);
    appendFileSync(file, `${JSON.stringify({ spec: currentSpec(), text })}\n`);
  }
}

/** Cursors and streams carry their statement as well. */
function textOf(query) {
  return typeof query === 'string' ? query : (query?.text ?? query?.cursor?.text);
}

function currentSpec() {
  const { testPath } = globalThis.expect?.getState() ?? {};
  return testPath ? relative(root, testPath) : process.env.CCX_TEST_SPEC; // of a process that a test started
}
