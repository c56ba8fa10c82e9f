const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');

const { isWhole } = require('./whole-run.cjs');

/**
 * Fails a whole run when the API description promises an answer that no test has seen. Runs of some of the tests, and
 * runs that failed anyway, are not judged.
 */
module.exports = class AnswersReporter {
  constructor(globalConfig) {
    this.globalConfig = globalConfig;
  }

  onRunComplete(_contexts, results) {
    const folder = process.env.CCX_TEST_FOLDER;
    if (!folder || !isWhole(this.globalConfig) || hasFailed(results)) return;
    const seen = new Set(linesIn(join(folder, 'answers')));
    this.unseen = documentedAnswers(join(this.globalConfig.rootDir, 'openapi/ccx.yaml')).filter(
      (answer) => !seen.has(answer),
    );
  }

  getLastError() {
    if (!this.unseen?.length) return undefined;
    const list = this.unseen.map((answer) => `  - ${answer}`).join('\n');
    return new Error(`No test has produced these documented answers (operation, status):\n${list}`);
  }
};

function hasFailed({ numFailedTests, numFailedTestSuites, numRuntimeErrorTestSuites }) {
  return numFailedTests + numFailedTestSuites + numRuntimeErrorTestSuites > 0;
}

function linesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
}

function documentedAnswers(path) {
  const { paths } = parse(readFileSync(path, 'utf8'));
  return Object.values(paths)
    .flatMap((item) => Object.values(item))
    .flatMap(({ operationId, responses }) => Object.keys(responses).map((status) => `${operationId} ${status}`));
}
