import { Writable } from 'node:stream';

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
