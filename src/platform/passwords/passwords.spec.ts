import argon2 from 'argon2';

import { UnavailableError } from '../errors.js';
import { PASSWORD_COST, Passwords } from './passwords.js';

const cheap = { memoryKib: 64, passes: 1 };

async function somePasswords(cost = cheap): Promise<Passwords> {
  const passwords = new Passwords(cost);
  await passwords.onModuleInit();
  return passwords;
}

describe('a password', () => {
  it('is verified by its hash, which is another one each time', async () => {
    const passwords = await somePasswords();
    const [hash, again] = [await passwords.hash('three geese'), await passwords.hash('three geese')];
    expect(hash).not.toBe(again);
    expect(await passwords.verify(hash, 'three geese')).toBe(true);
    expect(await passwords.verify(hash, 'four geese')).toBe(false);
  });

  it('is the same however its characters are composed', async () => {
    const passwords = await somePasswords();
    const hash = await passwords.hash('caf\u00e9 in the rain');
    expect(await passwords.verify(hash, 'cafe\u0301 in the rain')).toBe(true);
  });

  it('is hashed with argon2id at the cost that OWASP names', async () => {
    const passwords = await somePasswords(PASSWORD_COST);
    expect(await passwords.hash('three geese')).toMatch(/^\$argon2id\$v=19\$m=19456,(t=2,p=1|p=1,t=2)\$/);
  });

  it('is outdated when it was hashed at another cost', async () => {
    const hash = await (await somePasswords()).hash('three geese');
    expect((await somePasswords()).isOutdated(hash)).toBe(false);
    expect((await somePasswords({ memoryKib: 128, passes: 1 })).isOutdated(hash)).toBe(true);
  });
});

describe('where there is no password', () => {
  it('none is right, not even the one that is verified in its place', async () => {
    const passwords = await somePasswords();
    expect(await passwords.verify(null, 'nobody has this password')).toBe(false);
  });

  it('the same work is done as where there is one', async () => {
    const passwords = await somePasswords(PASSWORD_COST);
    const verified = jest.spyOn(argon2, 'verify');
    await passwords.verify(null, 'four geese');
    const [against] = verified.mock.lastCall as [string, ...unknown[]];
    verified.mockRestore();
    expect(passwords.isOutdated(against)).toBe(false);
  });
});

describe('many at once', () => {
  it('are hashed in turn, and all of them come to it', async () => {
    const passwords = await somePasswords();
    const hashes = await Promise.all(Array.from({ length: 60 }, (_, index) => passwords.hash(`three geese ${index}`)));
    expect(new Set(hashes).size).toBe(60);
  });

  it('are refused beyond what can be hashed in a reasonable time', async () => {
    const passwords = await somePasswords();
    const outcomes = await Promise.allSettled(Array.from({ length: 150 }, () => passwords.hash('three geese')));
    const refused = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused).toHaveLength(48);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(UnavailableError);
    expect(await passwords.hash('three geese')).toMatch(/^\$argon2id\$/);
  });
});
