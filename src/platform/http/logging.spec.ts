import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

import { pino } from 'pino';

import { describeError, NestLogger } from './logging.js';

describe('an error in the log', () => {
  it('shows where it happened and what broke, not what was sent', () => {
    const driverError = Object.assign(new Error('duplicate key value (email)=(ada@example.org)'), {
      code: '23505',
      constraint: 'login_identities_pk',
      detail: 'Key (email)=(ada@example.org) already exists.',
    });
    const error = Object.assign(new Error(driverError.message), { driverError, parameters: ['ada@example.org'] });
    const described = describeError(error);
    expect(described).toMatchObject({ type: 'Error', code: '23505', constraint: 'login_identities_pk' });
    expect(described['stack']).toMatch(/^ {4}at .*logging\.spec/);
    expect(JSON.stringify(described)).not.toContain('ada@example.org');
  });

  it('shows its causes', () => {
    const error = new Error('outer', { cause: new TypeError('inner') });
    expect(describeError(error)).toMatchObject({ message: 'outer', cause: { type: 'TypeError', message: 'inner' } });
  });
});

describe('what Nest says', () => {
  it('is logged at its level, with who said it', () => {
    const lines: unknown[] = [];
    const sink = new Writable({ write: (line: Buffer, _, done) => done(void lines.push(JSON.parse(String(line)))) });
    const logger = new NestLogger(pino({ level: 'info', base: null, timestamp: false }, sink));
    logger.log('mapped', 'RouterExplorer');
    logger.log('started', 'Jobs');
    logger.error('failed', 'Error: x\n    at y', 'Jobs');
    expect(lines).toEqual([
      { level: 30, context: 'Jobs', msg: 'started' },
      { level: 50, context: 'Jobs', stack: 'Error: x\n    at y', msg: 'failed' },
    ]);
  });
});

describe('the log of a process', () => {
  /** What a process has logged that does this with a logger. */
  async function logged(work: string): Promise<string[]> {
    const built = pathToFileURL('dist/src/platform/http/logging.js').href;
    const program = `import { createLogger } from ${JSON.stringify(built)};
      const log = createLogger({ LOG_LEVEL: 'info' });
      ${work}`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
    return output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
  }

  it.each([
    ['ends by itself', `log.info('a'); log.info('b');`],
    ['is ended by itself', `log.info('a'); log.info('b'); process.exit(0);`],
    ['fails', `log.info('a'); log.info('b'); setImmediate(() => { throw new Error('on purpose'); });`],
    [
      'is killed in the turn after a warning',
      `log.info('a'); log.warn('b'); setImmediate(() => setImmediate(() => process.kill(process.pid, 'SIGKILL')));`,
    ],
    [
      'is killed some time later',
      `log.info('a'); log.info('b'); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 500);`,
    ],
  ])('has every line, in order, when it %s', async (_, work) => {
    expect(await logged(work)).toEqual(['a', 'b']);
  });

  it('has more lines than wait together', async () => {
    const lines = await logged(`for (let n = 0; n < 2_000; n++) log.info(String(n));`);
    expect(lines).toEqual(Array.from({ length: 2_000 }, (_, n) => String(n)));
  });
});
