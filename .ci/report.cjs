// Usage: report.cjs <steps> <results of jest>…: at most 40 lines that say all there is to know, the totals last.
const { existsSync, readFileSync } = require('node:fs');
const { relative } = require('node:path');
const { stripVTControlCharacters } = require('node:util');

const MOST_FAILURES = 12;
const TIMED_OUT = '124';

const [stepsFile, ...resultFiles] = process.argv.slice(2);
const steps = readFileSync(stepsFile, 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [name, seconds, status, log] = line.split('\t');
    return { name, seconds: Number(seconds), status, log };
  });
const results = resultFiles.filter(existsSync).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const failures = results.flatMap(failuresIn);
const failedSteps = steps.filter(({ status }) => status !== '0');

console.log('\n== report');
for (const { test, why } of failures.slice(0, MOST_FAILURES)) console.log(`✗ ${test}\n  ${why}`);
if (failures.length > MOST_FAILURES) console.log(`… and ${failures.length - MOST_FAILURES} more`);
for (const step of failedSteps) {
  const why = step.status === TIMED_OUT ? 'it took too long' : `exit code ${step.status}`;
  console.log(`FAILED: ${step.name} (${why})`);
  const isTold = failures.length > 0 && step.name.startsWith('tests');
  if (!isTold) for (const line of lastLines(step.log, 6)) console.log(`  ${line}`);
}
console.log(steps.map(({ name, seconds }) => `${name} ${seconds} s`).join(' · '));

const sum = (count) => results.reduce((total, result) => total + result[count], 0);
const failed = Math.max(failures.length, failedSteps.length);
console.log(`${sum('numPassedTests')} passed, ${failed} failed, ${sum('numPendingTests')} skipped`);

/** What failed in a run, with the first line of why: tests, and files that could not be run at all. */
function failuresIn({ testResults }) {
  return testResults
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const file = relative(process.cwd(), name);
      const tests = assertionResults.filter(({ status }) => status === 'failed');
      if (tests.length === 0) return [{ test: file, why: firstLine(message) }];
      return tests.map(({ fullName, failureMessages }) => ({
        test: `${file} › ${fullName}`,
        why: firstLine(failureMessages[0] ?? ''),
      }));
    });
}

function firstLine(text) {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.trim());
  return (lines.find((line) => line !== '' && !line.startsWith('●')) ?? '').slice(0, 200);
}

function lastLines(file, count) {
  return stripVTControlCharacters(readFileSync(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => line.slice(0, 200));
}
