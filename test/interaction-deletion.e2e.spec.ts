import { randomUUID } from 'node:crypto';

import type { JsonObject } from '../src/platform/json.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent, withdraw } from './support/consents.js';
import { aProgram } from './support/delegations.js';
import { eventually } from './support/eventually.js';
import { aVoid, report, type Reporter } from './support/events.js';
import { aJob, ndjson, overFor, send } from './support/interaction-jobs.js';
import { race, untilWaiting, whileWaiting } from './support/race.js';
import { announced, audited } from './support/records.js';
import { aStoryteller, everyTouch, happened, idHere, idsOf, listed, tell } from './support/timeline.js';

const DAY = 1_440;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const codeOf = ({ body }: { body: { type?: string } }) => body.type?.split('/').at(-1);

/** A customer of whom so many purchases were reported, the newest first. */
async function purchases(count: number, options: Parameters<typeof aStoryteller>[1] = {}) {
  const reporter = await aStoryteller(app, options);
  const sales = Array.from({ length: count }, (_, index) =>
    happened(app, reporter, 'transaction.completed', 5 + index * DAY),
  );
  await tell(reporter, ...sales);
  const ids = await Promise.all(sales.map((sale) => idHere(reporter, sale)));
  return { reporter, sales, ids };
}

const remove = ({ customer }: Pick<Reporter, 'customer'>, id: string) =>
  customer.api.delete(`/v1/me/interactions/${id}`);
const removeMany = ({ customer }: Pick<Reporter, 'customer'>, body: object) =>
  customer.api.post('/v1/me/interactions/delete').send(body);
const dispute = ({ customer }: Pick<Reporter, 'customer'>, id: string) =>
  customer.api.post(`/v1/me/interactions/${id}/dispute`).send({ reason: 'not_me' });

/** What the outbox was given about deletions, in the order in which they happened. */
async function toldOfDeletions({ customer }: Reporter): Promise<{ retailer_id: string; data: JsonObject }[]> {
  const { rows } = await app.db.query<{ retailer_id: string; data: JsonObject }>(
    `select retailer_id, data from outbox_events
      where customer_id = $1 and type = 'interactions.deleted' order by id`,
    [customer.customerId],
  );
  return rows;
}
const auditedDeletions = async ({ customer }: Reporter) =>
  (await audited(app, customer.key)).filter(({ type }) => type === 'interactions.deleted');
const disputesOf = async ({ customer }: Reporter) =>
  (await app.db.query('select from interaction_disputes where customer_id = $1', [customer.customerId])).rowCount;

describe('deleting an interaction', () => {
  it('takes it away for good: sent again, it is known and stays away', async () => {
    const { reporter, sales, ids } = await purchases(2);
    await remove(reporter, ids[0]!).expect(204);
    await expect(idsOf(reporter)).resolves.toEqual([sales[1]!['id']]);
    await reporter.customer.api.get(`/v1/me/interactions/${ids[0]}`).expect(404);

    const { body } = await report(reporter.tills, [sales[0]!, { ...sales[0]!, ccxtouchpoint: 'web' }]);
    expect(body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['duplicate', 'conflict']);
    await expect(idsOf(reporter)).resolves.toEqual([sales[1]!['id']]);
    expect(codeOf(await remove(reporter, ids[0]!).expect(404))).toBe('interaction-not-found');
  });

  it('is recorded once, with the day for whoever has to count anew', async () => {
    const { reporter, sales, ids } = await purchases(1);
    await remove(reporter, ids[0]!).expect(204);
    const day = (sales[0]!['time'] as string).slice(0, 10);
    await expect(toldOfDeletions(reporter)).resolves.toEqual([
      { retailer_id: reporter.retailer.id, data: { count: 1, days: [day] } },
    ]);
    const entries = await auditedDeletions(reporter);
    expect(entries).toEqual([
      expect.objectContaining({ actor: { kind: 'customer' }, retailer_id: reporter.retailer.id, data: { count: 1 } }),
    ]);
    expect(JSON.stringify(entries)).not.toContain(ids[0]);
    await eventually(async () => {
      const { body } = await reporter.customer.api.get('/v1/me/interactions/summary').expect(200);
      expect(body.items).toEqual([]);
    });
  });

  it('leaves what it had taken back taken back, and what it had corrected corrected', async () => {
    const { reporter, sales } = await purchases(2);
    const [wrong, mistaken] = sales as [JsonObject, JsonObject];
    const right = happened(app, reporter, 'transaction.completed', 4, { ccxcorrects: wrong['id'] as string });
    const taking = aVoid(mistaken);
    await tell(reporter, right, taking);
    await remove(reporter, await idHere(reporter, right)).expect(204);
    await remove(reporter, await idHere(reporter, taking)).expect(204);
    const { items } = await listed(reporter);
    expect(items.map(({ event_id, standing, corrected_by }) => [event_id, standing, corrected_by])).toEqual([
      [wrong['id'], 'corrected', null],
      [mistaken['id'], 'voided', null],
    ]);
  });

  it('takes along what corrects it later, directly or through others, and answers its retailer as ever', async () => {
    for (const inOrder of [true, false]) {
      const { reporter, sales, ids } = await purchases(2);
      const [gone, kept] = sales as [JsonObject, JsonObject];
      await remove(reporter, ids[0]!).expect(204);
      const second = happened(app, reporter, 'transaction.completed', 4, { ccxcorrects: gone['id'] as string });
      const third = happened(app, reporter, 'transaction.completed', 3 + 2 * DAY, {
        ccxcorrects: second['id'] as string,
      });
      const right = happened(app, reporter, 'transaction.completed', 4, { ccxcorrects: kept['id'] as string });
      await tell(reporter, ...(inOrder ? [second, right] : [third, right]));
      await tell(reporter, inOrder ? third : second);
      await expect(idsOf(reporter)).resolves.toEqual([right['id'], kept['id']]);

      const days = [...new Set([gone, second, third].map((event) => (event['time'] as string).slice(0, 10)))];
      const told = await toldOfDeletions(reporter);
      expect(told.reduce((sum, { data }) => sum + Number(data['count']), 0)).toBe(3);
      expect([...new Set(told.flatMap(({ data }) => data['days'] as string[]))].toSorted()).toEqual(days.toSorted());
      await expect(auditedDeletions(reporter)).resolves.toHaveLength(told.length);
      const { body } = await report(reporter.tills, [second, third]);
      expect(body).toMatchObject({ stored: 0, duplicate: 2 });
    }
  });

  it('is for its customer, and takes leave to write', async () => {
    const { reporter, ids } = await purchases(1);
    const other = await aStoryteller(app);
    await remove(other, ids[0]!).expect(404);
    const reader = await aProgram(app, reporter.customer, ['interactions.read']);
    await reader.delete(`/v1/me/interactions/${ids[0]}`).expect(403);
    await reader.post('/v1/me/interactions/delete').send({ ids }).expect(403);
    await expect(idsOf(reporter)).resolves.toHaveLength(1);
    const writer = await aProgram(app, reporter.customer, ['interactions.write']);
    await writer.delete(`/v1/me/interactions/${ids[0]}`).expect(204);
  });
});

describe('deleting many', () => {
  it('says first what would go, and changes nothing by that', async () => {
    const { reporter, ids } = await purchases(3);
    const second = await aStoryteller(app, { customer: reporter.customer });
    await tell(second, happened(app, second, 'transaction.completed', 1));
    const { body } = await removeMany(reporter, { filter: { touchpoint: ['till'] }, dry_run: true }).expect(200);
    const named = ({ retailer: { id, name } }: Reporter) => ({ id, name });
    expect(body).toEqual({
      dry_run: true,
      count: 4,
      by_retailer: [
        { retailer: named(reporter), count: 3 },
        { retailer: named(second), count: 1 },
      ],
    });
    await expect(idsOf(reporter)).resolves.toHaveLength(4);
    await expect(auditedDeletions(reporter)).resolves.toEqual([]);
    const done = await removeMany(reporter, { filter: { touchpoint: ['till'] } }).expect(200);
    expect(done.body).toEqual({ ...body, dry_run: false });
    await expect(idsOf(reporter)).resolves.toEqual([]);
    expect(ids).toHaveLength(3);
  });

  it('takes ids, passes over what is not there, and records each retailer once', async () => {
    const { reporter, sales, ids } = await purchases(3);
    const second = await aStoryteller(app, { customer: reporter.customer });
    const there = happened(app, second, 'transaction.completed', 1);
    await tell(second, there);
    const foreign = (await purchases(1)).ids;
    const named = [ids[0]!, ids[2]!, await idHere(second, there), randomUUID(), ...foreign];
    const { body } = await removeMany(reporter, { ids: named }).expect(200);
    expect(body.count).toBe(3);
    await expect(idsOf(reporter)).resolves.toEqual([sales[1]!['id']]);
    const told = await toldOfDeletions(reporter);
    const days = [sales[2], sales[0]].map((sale) => (sale!['time'] as string).slice(0, 10));
    expect(told).toContainEqual({ retailer_id: reporter.retailer.id, data: { count: 2, days } });
    expect(told).toHaveLength(2);
    await expect(auditedDeletions(reporter)).resolves.toHaveLength(2);
  });

  it('filters by time, kind, standing and the rest as the list does', async () => {
    const { reporter, sales, ids } = await purchases(4);
    await dispute(reporter, ids[3]!).expect(201);
    await removeMany(reporter, { filter: { status: 'disputed' } }).expect(200);
    await expect(idsOf(reporter)).resolves.toEqual(sales.slice(0, 3).map(({ id }) => id));
    await removeMany(reporter, { filter: { to: sales[0]!['time'], from: sales[1]!['time'] } }).expect(200);
    await expect(idsOf(reporter)).resolves.toEqual([sales[0]!['id'], sales[2]!['id']]);
    await removeMany(reporter, { filter: { retailer_id: [reporter.retailer.id], type: ['return.completed'] } });
    await expect(idsOf(reporter)).resolves.toHaveLength(2);
  });

  it.each([
    ['nothing', {}],
    ['both', { ids: [randomUUID()], filter: { stage: ['shopping'] } }],
    ['an empty filter', { filter: {} }],
    ['no ids', { ids: [] }],
    ['more than 500 ids', { ids: Array.from({ length: 501 }, () => randomUUID()) }],
    ['what no filter has', { filter: { shop: 'x' } }],
    ['null', { filter: null }],
  ])('is refused when it names %s', async (_, body) => {
    const { reporter } = await purchases(1);
    await removeMany(reporter, body).expect(400);
    await expect(idsOf(reporter)).resolves.toHaveLength(1);
  });
});

describe('deleting while something else happens', () => {
  it('comes first or last when the customer disputes it meanwhile, and leaves no dispute behind', async () => {
    const { reporter, ids } = await purchases(1);
    const [deleted, disputed] = await race(app.db, 'interactions', { id: ids[0]! }, [
      () => remove(reporter, ids[0]!),
      () => dispute(reporter, ids[0]!),
    ]);
    const statuses = [deleted, disputed].map((one) => (one.status === 'fulfilled' ? one.value.status : 0));
    expect([
      [204, 404],
      [204, 201],
    ]).toContainEqual(statuses);
    await expect(idsOf(reporter)).resolves.toEqual([]);
    await expect(disputesOf(reporter)).resolves.toBe(0);
    await expect(toldOfDeletions(reporter)).resolves.toHaveLength(1);
  });

  it('happens once when it is asked for twice at once', async () => {
    const { reporter, ids } = await purchases(1);
    const answers = await race(app.db, 'interactions', { id: ids[0]! }, [
      () => remove(reporter, ids[0]!),
      () => remove(reporter, ids[0]!),
    ]);
    const statuses = answers.map((one) => (one.status === 'fulfilled' ? one.value.status : 0));
    expect(statuses.toSorted()).toEqual([204, 404]);
    await expect(toldOfDeletions(reporter)).resolves.toHaveLength(1);
    await expect(auditedDeletions(reporter)).resolves.toHaveLength(1);
  });

  it('does not undo a void that comes meanwhile, nor does that bring it back', async () => {
    const { reporter, sales, ids } = await purchases(1);
    const taking = aVoid(sales[0]!);
    const [deleted, voided] = await whileWaiting(
      app.db,
      'interactions',
      { id: ids[0]! },
      () => remove(reporter, ids[0]!),
      () => report(reporter.tills, taking),
    );
    expect([deleted.status, voided.body.stored]).toEqual([204, 1]);
    await expect(idsOf(reporter)).resolves.toEqual([taking['id']]);
    await tell(reporter, happened(app, reporter, 'transaction.completed', 1));
    const { body } = await report(reporter.tills, sales[0]!);
    expect(body.duplicate).toBe(1);
    await expect(idsOf(reporter)).resolves.toHaveLength(2);
  });

  it('takes the part of a batch that was there, and none of it comes back when the batch is sent again', async () => {
    const reporter = await aStoryteller(app);
    const batch = Array.from({ length: 60 }, (_, index) => happened(app, reporter, 'transaction.completed', index + 1));
    await tell(reporter, ...batch.slice(0, 30));
    // The rest arrives while what is there is being deleted, and then all of it once more.
    const [{ id }] = (await listed(reporter)).items;
    const [deleted] = await whileWaiting(
      app.db,
      'interactions',
      { id },
      () => removeMany(reporter, { filter: { retailer_id: [reporter.retailer.id] } }),
      () => report(reporter.tills, batch.slice(30)),
    );
    expect(deleted.body.count).toBe(30);
    const { body } = await report(reporter.tills, batch);
    expect(body).toMatchObject({ stored: 0, duplicate: 60 });
    const left = await idsOf(reporter, '?limit=200');
    expect(left.toSorted()).toEqual(
      batch
        .slice(30)
        .map((event) => event['id'] as string)
        .toSorted(),
    );
  });

  it('is not undone by a bulk job under way that has it in its file', async () => {
    const { reporter, sales, ids } = await purchases(1);
    const more = [1, 2].map((minutes) => happened(app, reporter, 'transaction.completed', minutes));
    const content = Buffer.from(ndjson([sales[0]!, ...more]));
    const job = await aJob(reporter.tills, content);
    const work = async () => {
      await send(reporter.tills, job, content);
      return overFor(app, reporter.tills, job);
    };
    const consent = { id: reporter.consentId };
    const [over, deleted] = await whileWaiting(app.db, 'consents', consent, work, () => remove(reporter, ids[0]!));
    expect(deleted.status).toBe(204);
    expect(over).toMatchObject({ status: 'succeeded', result: { stored: 2, duplicate: 1 } });
    await expect(idsOf(reporter)).resolves.toEqual(more.map(({ id }) => id));
  });

  it('leaves the rest to a withdrawal that deletes what was reported', async () => {
    const { reporter, ids } = await purchases(3);
    await remove(reporter, ids[0]!).expect(204);
    await withdraw(reporter, { reported_data: 'delete' }).expect(200);
    await eventually(async () => expect(await idsOf(reporter)).toEqual([]));
    const told = await toldOfDeletions(reporter);
    expect(told.map(({ data }) => data['count'])).toEqual([1, 2]);
    expect(told[1]?.data['days']).toHaveLength(2);
  });

  it('waits for nobody else', async () => {
    const [one, other] = [await purchases(1), await purchases(1)];
    const holder = await app.db.connect();
    await holder.query('begin');
    await holder.query('select from interactions where id = $1 for update', [one.ids[0]]);
    const waiting = remove(one.reporter, one.ids[0]!).then(({ status }) => status);
    await untilWaiting(app.db, 1);
    await remove(other.reporter, other.ids[0]!).expect(204);
    await holder.query('commit');
    holder.release();
    await expect(waiting).resolves.toBe(204);
  });
});

describe('a deleted interaction', () => {
  it('stays away under a new consent to the same retailer', async () => {
    const { reporter, sales, ids } = await purchases(1);
    await remove(reporter, ids[0]!).expect(204);
    await withdraw(reporter).expect(200);
    await aConsent(app, { customer: reporter.customer, retailer: reporter.retailer, details: [everyTouch] });
    const { body } = await report(reporter.tills, sales[0]!);
    expect(body.duplicate).toBe(1);
    await expect(idsOf(reporter)).resolves.toEqual([]);
    expect(await announced(app, reporter.customer.key)).toContain('interactions.deleted');
  });
});
