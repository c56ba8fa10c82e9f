import { QueryFailedError } from 'typeorm';

import { isRetryable, isRolledBack, isUniqueViolation } from './errors.js';

const coded = (code: string, message = 'something') => Object.assign(new Error(message), { code });
const ofTypeorm = (error: Error) => new QueryFailedError('select 1', [], error);

describe('a failure of the database', () => {
  it.each(['40001', '40P01', '57P01', '57P02', '57P03', '25006', '53300', '08006', '08P01', 'ECONNRESET', 'ETIMEDOUT'])(
    '%s passes',
    (code) => {
      expect(isRetryable(coded(code))).toBe(true);
      expect(isRetryable(ofTypeorm(coded(code)))).toBe(true);
    },
  );

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
  ])('without a code passes: %s', (message) => {
    expect(isRetryable(new Error(message))).toBe(true);
  });

  it.each(['23505', '42501', '57014', '22P02'])('%s does not pass', (code) => {
    expect(isRetryable(coded(code, 'Connection terminated'))).toBe(false);
  });

  it('is no failure that passes when nobody had a connection to give away', () => {
    expect(isRetryable(new Error('timeout exceeded when trying to connect'))).toBe(false);
  });
});

describe('a commit that failed', () => {
  it('is undone for certain when PostgreSQL refused it, or was never sent it', () => {
    for (const code of ['40001', '23505']) expect(isRolledBack(coded(code))).toBe(true);
    expect(isRolledBack(new Error('Client was closed and is not queryable'))).toBe(true);
  });

  it('may have been reached in any other case', () => {
    for (const code of ['57P01', '08007', 'ECONNRESET', 'ETIMEDOUT']) expect(isRolledBack(coded(code))).toBe(false);
    expect(isRolledBack(new Error('Connection terminated unexpectedly'))).toBe(false);
  });
});

describe('a violation of a unique constraint', () => {
  it('is told by the name of the constraint', () => {
    const error = Object.assign(coded('23505'), { constraint: 'things_pk' });
    expect(isUniqueViolation(ofTypeorm(error))).toBe(true);
    expect(isUniqueViolation(error, 'things_pk')).toBe(true);
    expect(isUniqueViolation(error, 'others_pk')).toBe(false);
  });
});
