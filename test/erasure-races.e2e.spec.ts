import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';

import { ErasureRegister } from '../src/platform/erasure-register.js';
import { ErasureRestore } from '../src/portability/erasure-restore.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { aCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent, aConsentRequest, approve } from './support/consents.js';
import { askToBeErased, finish, progressOf, tablesWith } from './support/erasures.js';
import { aReporter, report } from './support/events.js';
import { consentToken, retailerToken } from './support/oauth.js';
import { race, statusesOf, untilWaiting } from './support/race.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  await app.get(Jobs).onModuleDestroy(); // steps are taken when a test says so, or by another process
});
afterAll(() => app.stop());

/** Takes the steps that are due, as one process does. */
const work = () => app.runJob('erasures');

async function noticesOf(retailer: Parameters<typeof retailerToken>[1]) {
  const { fetch } = await retailerToken(app, retailer, { scope: 'consents.read' });
  return (await fetch('GET', '/v1/erasures')).body.items as { consents: string[] }[];
}

describe('an erasure', () => {
  it('that is asked for twice at once is asked for once', async () => {
    const mira = await aCustomer(app);
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => mira.api.delete('/v1/me?cool_off=P1D')));
    expect(statusesOf(outcomes)).toEqual([202, 409, 409]);
  });

  it('is worked at by any number of processes, and counts everything once', async () => {
    const mira = await aCustomer(app);
    const { consentId } = await aConsent(app, { customer: mira });
    const erasure = await askToBeErased(app, mira);
    await race(app.db, 'consents', { id: consentId }, [work]);
    await Promise.all([work(), work(), work()]);
    app.clock.advance({ seconds: 91 });
    await Promise.all([work(), work(), work()]);
    expect(await progressOf(app, erasure)).toMatchObject({
      status: 'finished',
      erased: { customers: 1, consents: 1, login_identities: 1 },
    });
    expect(await tablesWith(app, mira)).toEqual([]);
  });

  it('begins or is cancelled, but not both', async () => {
    const mira = await aCustomer(app);
    const erasure = await askToBeErased(app, mira);
    const [, cancelled] = await race(app.db, 'subject_keys', { customer_id: mira.customerId }, [
      work,
      async () => {
        await untilWaiting(app.db, 1, 'for update');
        return mira.api.delete('/v1/me/erasure');
      },
    ]);
    expect(statusesOf([cancelled])).toEqual([409]);
    await finish(app);
    expect(await progressOf(app, erasure)).toMatchObject({ status: 'finished' });
  });

  it('leaves nothing of a report that comes at the same moment', async () => {
    const mira = await aReporter(app);
    await askToBeErased(app, mira.customer);
    const [, reported] = await race(app.db, 'consents', { id: mira.consentId }, [
      work,
      () => report(mira.tills, mira.sale()),
    ]);
    expect([200, 403]).toContain(statusesOf([reported])[0]);
    await finish(app);
    expect(await tablesWith(app, mira.customer)).toEqual([]);
  });

  it('ends what is given at the same moment, or lets it not be given', async () => {
    const retailer = await aRetailer(app);
    const asked = await aConsentRequest(app, { retailer });
    await askToBeErased(app, asked.customer);
    const [, given] = await race(app.db, 'subject_keys', { customer_id: asked.customer.customerId }, [
      work,
      () => approve(asked),
    ]);
    const [status] = statusesOf([given]);
    await finish(app);
    expect(await tablesWith(app, asked.customer)).toEqual([]);
    const notices = await noticesOf(retailer);
    // Where the two wait for each other, one begins again: the approval then finds neither keys nor request.
    expect([200, 401, 404]).toContain(status);
    expect(notices.map(({ consents }) => consents.length)).toEqual(status === 200 ? [1] : []);
  });

  it('takes a read along whose record comes later', async () => {
    const retailer = await aRetailer(app);
    const mira = await aCustomer(app);
    const till = await consentToken(app, retailer, mira, { scope: 'preferences.read' });
    await askToBeErased(app, mira);
    const holder = await app.db.connect();
    await holder.query('begin');
    await holder.query('lock table disclosures in share mode');
    const answer = till.fetch('GET', '/v1/preferences?touchpoint=till');
    await untilWaiting(app.db, 1, 'disclosures');
    const worked = work();
    await untilWaiting(app.db, 2, 'disclosures');
    expect((await mira.api.get('/v1/me')).status).toBe(401);
    await holder.query('commit');
    holder.release();
    expect((await answer).status).toBe(200);
    await worked;
    await finish(app);
    expect(await tablesWith(app, mira)).toEqual([]);
  });
});

describe('the register', () => {
  it('names nobody to whoever reads it, and survives half a line', async () => {
    const register = app.get(ErasureRegister);
    const [mira, otto] = await Promise.all([aCustomer(app), aCustomer(app)]);
    await register.add(mira.key);
    await appendFile(register.path, 'half a li');
    await register.add(otto.key);
    const marks = await register.marks();
    expect([marks.has(mira.key), marks.has(otto.key), marks.has((await aCustomer(app)).key)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(await readFile(register.path, 'utf8')).not.toContain(mira.customerId);
  });

  describe('of a database in which nobody has been erased yet', () => {
    let fresh: TestApp;
    let path: string;
    let own: string;
    beforeAll(async () => {
      fresh = await startApp();
      ({ path } = fresh.get(ErasureRegister));
      own = await readFile(path, 'utf8');
    });
    afterAll(() => fresh.stop());
    beforeEach(() => writeFile(path, own));

    const start = () => fresh.get(ErasureRestore).restore();
    const known = async () => (await fresh.db.query('select id from erasure_register')).rows.map(({ id }) => id);
    const forget = () => fresh.db.query('delete from erasure_register');

    it('is made at the first start, and known to the database from then on', async () => {
      expect(own).toBe(`ccx-erasure-register ${(await known())[0]}\n`);
      await start();
      expect(await readFile(path, 'utf8')).toBe(own);
    });

    it('is missed when it is not there, and not made anew', async () => {
      await rename(path, `${path}.away`);
      await expect(start()).rejects.toThrow(
        /is not that of this database .* Set ERASURE_REGISTER_FILE to the register/,
      );
      await expect(fresh.get(ErasureRegister).add((await aCustomer(fresh)).key)).rejects.toThrow('ENOENT');
      await expect(readFile(path)).rejects.toThrow('ENOENT');
    });

    it.each([
      ['another one', `ccx-erasure-register ${Buffer.alloc(16, 1).toString('base64')}\n`],
      ['one that does not say which it is', `${Buffer.alloc(32, 1).toString('base64')}\n`],
    ])('is not taken for %s', async (_, content) => {
      await writeFile(path, content);
      await expect(start()).rejects.toThrow('is not that of this database');
    });

    it('is adopted by a database that has none', async () => {
      const [id] = await known();
      await forget();
      await start();
      expect([await known(), await readFile(path, 'utf8')]).toEqual([[id], own]);
    });

    it.each([
      ['where there is none', null],
      ['where there is one from before it had an id', `${Buffer.alloc(32, 1).toString('base64')}\n`],
    ])('gets one id from all processes that start at once, %s', async (_, content) => {
      await forget();
      if (content === null) await rm(path);
      else await writeFile(path, content);
      await Promise.all([start(), start(), start()]);
      const marks = await fresh.get(ErasureRegister).marks();
      expect([await known(), marks.size]).toEqual([[marks.register], content === null ? 0 : 1]);
      own = await readFile(path, 'utf8');
    });
  });
});
