import { randomUUID } from 'node:crypto';

import type { JsonObject } from '../src/platform/json.js';
import { startApp, type TestApp } from './support/app.js';
import { later, withdraw } from './support/consents.js';
import { aReporter, aVoid, report, type Reporter } from './support/events.js';
import { type RetailerAccess, retailerToken } from './support/oauth.js';
import { race, statusesOf, whileWaiting } from './support/race.js';
import { announced, audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

/** A sale that a retailer reported, and whom it is about. */
interface Sold extends Reporter {
  readonly disputed: JsonObject;
  readonly interactionId: string;
  /** The retailer's calls about disputes. */
  readonly office: RetailerAccess;
}

async function aSold(): Promise<Sold> {
  const retailer = await aRetailer(app);
  const reporter = await aReporter(app, { retailer });
  const office = await retailerToken(app, retailer, { scope: 'interactions.read interactions.write' });
  const disputed = reporter.sale();
  const { body } = await report(reporter.tills, disputed);
  expect(body.stored).toBe(1);
  return { ...reporter, office, disputed, interactionId: await interactionOf(reporter, disputed) };
}

async function interactionOf({ customer }: Pick<Reporter, 'customer'>, { id }: JsonObject): Promise<string> {
  const { rows } = await app.db.query('select id from interactions where customer_id = $1 and event_id = $2', [
    customer.customerId,
    id,
  ]);
  return rows[0].id;
}

const dispute = ({ customer, interactionId }: Sold, body: object = { reason: 'wrong_content' }) =>
  customer.api.post(`/v1/me/interactions/${interactionId}/dispute`).send(body);
const retract = ({ customer, interactionId }: Sold) =>
  customer.api.post(`/v1/me/interactions/${interactionId}/dispute/retract`);
const answer = ({ office }: Pick<Sold, 'office'>, id: string, body: object) =>
  office.fetch('POST', `/v1/interactions/disputes/${id}/answer`, body);
const received = async ({ office }: Pick<Sold, 'office'>, query = '') => {
  const { status, body } = await office.fetch('GET', `/v1/interactions/disputes${query}`);
  expect(status).toBe(200);
  return body.items;
};
const standingOf = async ({ customer }: Pick<Sold, 'customer'>, id: string) => {
  const { body } = await customer.api.get(`/v1/me/interactions/${id}`).expect(200);
  return body.standing;
};
const mine = async ({ customer }: Pick<Sold, 'customer'>) =>
  (await customer.api.get('/v1/me/disputes').expect(200)).body.items;

/** The same sale of one piece only. */
const corrected = (sold: Sold, change: JsonObject = {}) =>
  sold.sale({
    ccxcorrects: sold.disputed.id as string,
    data: {
      currency: 'GBP',
      total: 255,
      lines: [{ product: { scheme: 'retailer', code: '85123A' }, quantity: '1', unit_price: 255 }],
    },
    ...change,
  });

describe('disputing an interaction', () => {
  it('makes it count no longer, until the customer takes the dispute back', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    expect(body).toMatchObject({ interaction_id: sold.interactionId, reason: 'wrong_content', status: 'open' });
    expect(await standingOf(sold, sold.interactionId)).toBe('disputed');

    const back = await retract(sold).expect(200);
    expect(back.body).toMatchObject({ id: body.id, status: 'retracted', retracted_at: expect.any(String) });
    expect(await standingOf(sold, sold.interactionId)).toBe('standing');
    // Taking it back again changes nothing.
    expect((await retract(sold).expect(200)).body).toEqual(back.body);
    expect((await dispute(sold).expect(201)).body.id).not.toBe(body.id);
    expect(await standingOf(sold, sold.interactionId)).toBe('disputed');
  });

  it('is in the log and tells which days it changes, and says neither why nor of what in words', async () => {
    const sold = await aSold();
    await dispute(sold, { reason: 'other', text: 'I was on a ship' }).expect(201);
    await retract(sold).expect(200);
    const entries = (await audited(app, sold.customer.key)).filter(({ type }) => (type as string).includes('disput'));
    expect(entries).toMatchObject([
      { type: 'interactions.disputed', actor: { kind: 'customer' }, retailer_id: sold.retailer.id },
      { type: 'interactions.dispute_retracted', actor: { kind: 'customer' } },
    ]);
    expect(await announced(app, sold.customer.key)).toEqual(
      expect.arrayContaining(['interactions.disputed', 'interactions.dispute_retracted']),
    );
    const { rows } = await app.db.query(
      `select data from outbox_events where type like 'interactions.disput%' and customer_id = $1`,
      [sold.customer.customerId],
    );
    const day = (sold.disputed.time as string).slice(0, 10);
    expect(rows.map(({ data }) => data.days)).toEqual([[day], [day]]);
    expect(JSON.stringify([entries, rows])).not.toContain('ship');
  });

  it('keeps the words of the customer sealed, and from the retailer unless they are shared', async () => {
    const [silent, open] = [await aSold(), await aSold()];
    const { body } = await dispute(silent, { reason: 'not_me', text: 'My neighbour has my card' }).expect(201);
    expect(body).toMatchObject({ text: 'My neighbour has my card', share_text: false });
    await dispute(open, { reason: 'not_me', text: 'I was away', share_text: true }).expect(201);
    expect(await received(silent)).toMatchObject([{ reason: 'not_me', text: null }]);
    expect(await received(open)).toMatchObject([{ reason: 'not_me', text: 'I was away' }]);

    const { rows } = await app.db.query('select d::text as row from interaction_disputes d');
    expect(rows.map(({ row }) => row).join()).not.toMatch(/neighbour|away/);
    // Who takes the dispute back takes back the words.
    await retract(open).expect(200);
    expect(await received(open)).toMatchObject([{ status: 'retracted', text: null }]);
    expect(await mine(open)).toMatchObject([{ text: 'I was away' }]);
  });

  it('is done once: what is disputed already says by which dispute', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    const again = await dispute(sold, { reason: 'not_me' }).expect(409);
    expect(again.body).toMatchObject({ type: expect.stringContaining('already-disputed'), dispute_id: body.id });
  });

  it('can be repeated with an idempotency key', async () => {
    const sold = await aSold();
    const key = randomUUID();
    const first = await dispute(sold).set('idempotency-key', key).expect(201);
    const second = await dispute(sold).set('idempotency-key', key).expect(201);
    expect(second.body).toEqual(first.body);
    const other = await dispute(sold, { reason: 'not_me' }).set('idempotency-key', key).expect(422);
    expect(other.body.type).toContain('idempotency');
  });

  it('is refused where nothing counts: of what was voided or corrected, and of a void', async () => {
    const [voided, replaced] = [await aSold(), await aSold()];
    const void1 = aVoid(voided.disputed);
    await report(voided.tills, void1);
    await report(replaced.tills, corrected(replaced));
    for (const sold of [voided, replaced]) {
      expect((await dispute(sold).expect(409)).body.type).toContain('nothing-to-dispute');
    }
    const interactionId = await interactionOf(voided, void1);
    expect((await dispute({ ...voided, interactionId }).expect(409)).body.type).toContain('nothing-to-dispute');
  });

  it('is refused of what is not there, or somebody else’s', async () => {
    const [sold, other] = [await aSold(), await aSold()];
    for (const interactionId of [randomUUID(), other.interactionId]) {
      await dispute({ ...sold, interactionId }).expect(404);
      await retract({ ...sold, interactionId }).expect(404);
    }
    expect((await retract(sold).expect(404)).body.type).toContain('not-disputed');
  });

  it.each([
    [{}, '/reason'],
    [{ reason: 'annoying' }, '/reason'],
    [{ reason: 'other', text: '' }, '/text'],
    [{ reason: 'other', text: 'x'.repeat(501) }, '/text'],
    [{ reason: 'other', share_text: 'yes' }, '/share_text'],
  ])('is refused with %j', async (body, pointer) => {
    const { body: problem } = await dispute(await aSold(), body).expect(400);
    expect(problem.errors).toMatchObject([{ pointer }]);
  });

  it('is listed, newest first, in pages', async () => {
    const sold = await aSold();
    const { body: first } = await dispute(sold).expect(201);
    await retract(sold).expect(200);
    const { body: second } = await dispute(sold, { reason: 'not_me' }).expect(201);
    const { body: page } = await sold.customer.api.get('/v1/me/disputes?limit=1').expect(200);
    expect(page.items).toMatchObject([{ id: second.id, retailer: { id: sold.retailer.id } }]);
    const { body: rest } = await sold.customer.api.get(`/v1/me/disputes?cursor=${page.next_cursor}`).expect(200);
    expect(rest).toMatchObject({ items: [{ id: first.id, status: 'retracted' }], next_cursor: null });
    await sold.customer.api.get('/v1/me/disputes?cursor=nonsense').expect(400);
  });
});

describe('the retailer', () => {
  it('sees which of its events are disputed, by the names that it knows', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold, { reason: 'wrong_time' }).expect(201);
    expect(await received(sold, '?status=open')).toEqual([
      {
        id: body.id,
        subject: sold.subject,
        event: {
          id: sold.disputed.id,
          source: '/tills/17',
          type: 'transaction.completed',
          occurred_at: sold.disputed.time,
        },
        reason: 'wrong_time',
        text: null,
        disputed_at: body.disputed_at,
        status: 'open',
        due_at: body.due_at,
        overdue: false,
        answered_at: null,
        note_code: null,
        correction: null,
      },
    ]);
    expect(await received(sold, '?status=stands&status=withdrawn')).toEqual([]);
    expect(await received(await aSold())).toEqual([]);
    await sold.office.fetch('GET', '/v1/interactions/disputes?cursor=nonsense').then(({ status }) => {
      expect(status).toBe(400);
    });
  });

  it('goes through them in pages', async () => {
    const sold = await aSold();
    const more = sold.sale();
    await report(sold.tills, more);
    const others = { ...sold, interactionId: await interactionOf(sold, more) };
    const [{ body: first }, { body: second }] = [await dispute(sold), await dispute(others)];
    const { body: page } = await sold.office.fetch('GET', '/v1/interactions/disputes?limit=1');
    expect(page.items).toMatchObject([{ id: second.id }]);
    expect(await received(sold, `?cursor=${page.next_cursor}`)).toMatchObject([{ id: first.id }]);
  });

  it('holds that the event is right: the customer is told, and still decides', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    const said = await answer(sold, body.id, { answer: 'stands', note_code: 'receipt-7' });
    expect(said.status).toBe(200);
    expect(said.body).toMatchObject({ status: 'stands', note_code: 'receipt-7', answered_at: expect.any(String) });
    expect(await mine(sold)).toMatchObject([{ status: 'stands', note_code: 'receipt-7', overdue: false }]);
    expect(await announced(app, sold.customer.key)).toContain('interactions.dispute_answered');
    expect(await standingOf(sold, sold.interactionId)).toBe('disputed');

    await retract(sold).expect(200);
    expect(await standingOf(sold, sold.interactionId)).toBe('standing');
  });

  it('withdraws the event, for good', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    const said = await answer(sold, body.id, { answer: 'withdrawn' });
    expect(said.body).toMatchObject({ status: 'withdrawn' });
    expect(await standingOf(sold, sold.interactionId)).toBe('voided');
    const closed = await answer(sold, body.id, { answer: 'stands' });
    expect(closed).toMatchObject({ status: 409, body: { status: 409, title: expect.any(String) } });
    expect(closed.body.type).toContain('dispute-closed');
    await retract(sold).expect(200);
    expect(await standingOf(sold, sold.interactionId)).toBe('voided');
  });

  it('corrects it: the dispute leads to the event that counts now', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    const correction = corrected(sold);
    await report(sold.tills, correction);
    const said = await answer(sold, body.id, { answer: 'corrected', correction: { id: correction.id } });
    expect(said).toMatchObject({
      status: 200,
      body: { status: 'corrected', correction: { id: correction.id, source: '/tills/17' } },
    });
    const [told] = await mine(sold);
    expect(told).toMatchObject({ status: 'corrected', corrected_by: await interactionOf(sold, correction) });
    expect(await standingOf(sold, told.corrected_by)).toBe('standing');
    // Of what corrects it, the customer may hold that it is wrong, too.
    await dispute({ ...sold, interactionId: told.corrected_by }).expect(201);
    expect(await standingOf(sold, told.corrected_by)).toBe('disputed');
  });

  it('may announce a correction, and report it later', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    const correction = corrected(sold);
    const named = { answer: 'corrected', correction: { id: correction.id, source: '/tills/17' } };
    expect((await answer(sold, body.id, named)).body).toMatchObject({ status: 'corrected', correction: null });
    expect(await mine(sold)).toMatchObject([{ status: 'corrected', corrected_by: null }]);
    expect(await standingOf(sold, sold.interactionId)).toBe('disputed');

    await report(sold.tills, correction);
    expect(await mine(sold)).toMatchObject([{ corrected_by: await interactionOf(sold, correction) }]);
    expect(await standingOf(sold, sold.interactionId)).toBe('corrected');
  });

  it('has answered by voiding or correcting the event', async () => {
    const [voided, replaced] = [await aSold(), await aSold()];
    for (const sold of [voided, replaced]) await dispute(sold).expect(201);
    await report(voided.tills, aVoid(voided.disputed));
    const correction = corrected(replaced);
    await report(replaced.tills, correction);
    expect(await received(voided)).toMatchObject([{ status: 'withdrawn', answered_at: null }]);
    expect(await received(replaced)).toMatchObject([{ status: 'corrected', correction: { id: correction.id } }]);
    expect(await received(voided, '?status=open')).toEqual([]);
  });

  it('cannot name what does not correct the event', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    const [other, wrong] = [sold.sale(), corrected(sold, { ccxcorrects: randomUUID() })];
    await report(sold.tills, [other, wrong]);
    for (const { id } of [other, wrong, sold.disputed]) {
      const said = await answer(sold, body.id, { answer: 'corrected', correction: { id } });
      expect(said.status).toBe(422);
      expect(said.body.type).toContain('not-its-correction');
    }
    expect(await mine(sold)).toMatchObject([{ status: 'open' }]);
  });

  it('may change its mind, and repeat itself without saying it twice', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    for (const _ of [1, 2]) expect((await answer(sold, body.id, { answer: 'stands' })).status).toBe(200);
    expect((await answer(sold, body.id, { answer: 'withdrawn' })).body).toMatchObject({ status: 'withdrawn' });
    const entries = (await audited(app, sold.customer.key)).filter(
      ({ type }) => type === 'interactions.dispute_answered',
    );
    expect(entries).toMatchObject([
      { data: { answer: 'stands' }, actor: { kind: 'retailer', id: sold.retailer.id } },
      { data: { answer: 'withdrawn' } },
    ]);
  });

  it('can answer nothing that the customer has taken back', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    await retract(sold).expect(200);
    const said = await answer(sold, body.id, { answer: 'withdrawn' });
    expect(said).toMatchObject({ status: 409, body: { type: expect.stringContaining('dispute-closed') } });
    expect(await standingOf(sold, sold.interactionId)).toBe('standing');
  });

  it('cannot answer the dispute of another one, nor one that is not there', async () => {
    const [sold, other] = [await aSold(), await aSold()];
    const { body } = await dispute(sold).expect(201);
    for (const id of [body.id, randomUUID()]) {
      expect(await answer(other, id, { answer: 'stands' })).toMatchObject({ status: 404 });
    }
  });

  it('can still answer after the consent has ended, as long as the event is kept', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    await withdraw(sold, { reported_data: 'keep' }).expect(200);
    expect(await received(sold)).toMatchObject([{ id: body.id, subject: sold.subject }]);
    expect((await answer(sold, body.id, { answer: 'withdrawn' })).status).toBe(200);
    expect(await standingOf(sold, sold.interactionId)).toBe('voided');
  });

  it('is shown as overdue when it lets 30 days pass', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    const customer = await later(app, sold.customer, 31);
    const office = await retailerToken(app, sold.retailer, { scope: 'interactions.read interactions.write' });
    const [told] = await mine({ customer });
    expect(told).toMatchObject({ id: body.id, status: 'open', overdue: true });
    expect(await received({ office })).toMatchObject([{ overdue: true }]);
    expect((await answer({ office }, body.id, { answer: 'stands' })).body).toMatchObject({ overdue: false });
  });

  it.each([
    [{ answer: 'maybe' }, '/answer'],
    [{ answer: 'corrected' }, '/correction'],
    [{ answer: 'stands', correction: { id: '1' } }, '/correction'],
    [{ answer: 'corrected', correction: { id: '1', source: 4 } }, '/correction/source'],
    [{ answer: 'stands', note_code: 'She is lying' }, '/note_code'],
  ])('cannot answer %j', async (body, pointer) => {
    const sold = await aSold();
    const { body: disputed } = await dispute(sold).expect(201);
    const said = await answer(sold, disputed.id, body);
    expect(said.status).toBe(400);
    expect(said.body.errors).toContainEqual(expect.objectContaining({ pointer }));
  });
});

describe('what happens to a disputed event at the same time', () => {
  it('gives it one dispute when two are raised at once', async () => {
    const sold = await aSold();
    const outcomes = await race(app.db, 'interactions', { id: sold.interactionId }, [
      () => dispute(sold),
      () => dispute(sold, { reason: 'not_me' }),
    ]);
    expect(statusesOf(outcomes)).toEqual([201, 409]);
    expect(await mine(sold)).toHaveLength(1);
  });

  it('refuses a dispute of what is voided while it waits', async () => {
    const sold = await aSold();
    const [disputed] = await whileWaiting(
      app.db,
      'interactions',
      { id: sold.interactionId },
      () => dispute(sold),
      () => report(sold.tills, aVoid(sold.disputed)),
    );
    expect(disputed.status).toBe(409);
    expect(disputed.body.type).toContain('nothing-to-dispute');
    expect(await standingOf(sold, sold.interactionId)).toBe('voided');
  });

  it('lets a void that comes after the dispute answer it', async () => {
    const sold = await aSold();
    const [voided, disputed] = await whileWaiting(
      app.db,
      'consents',
      { id: sold.consentId },
      () => report(sold.tills, aVoid(sold.disputed)),
      () => dispute(sold),
    );
    expect([voided.body.stored, disputed.status]).toEqual([1, 201]);
    expect(await mine(sold)).toMatchObject([{ status: 'withdrawn' }]);
    await retract(sold).expect(200);
    expect(await standingOf(sold, sold.interactionId)).toBe('voided');
  });

  it.each(['correction first', 'dispute first'])(
    'lets a correction count, whatever comes first (%s)',
    async (order) => {
      const sold = await aSold();
      const correction = corrected(sold);
      if (order === 'correction first') {
        const [disputed] = await whileWaiting(
          app.db,
          'interactions',
          { id: sold.interactionId },
          () => dispute(sold),
          () => report(sold.tills, correction),
        );
        expect(disputed.status).toBe(409);
      } else {
        const [, disputed] = await whileWaiting(
          app.db,
          'consents',
          { id: sold.consentId },
          () => report(sold.tills, correction),
          () => dispute(sold),
        );
        expect(disputed.status).toBe(201);
      }
      expect(await standingOf(sold, sold.interactionId)).toBe('corrected');
      expect(await standingOf(sold, await interactionOf(sold, correction))).toBe('standing');
    },
  );

  it('leaves no dispute behind when the event is deleted', async () => {
    const sold = await aSold();
    const remove = () => sold.customer.api.delete(`/v1/me/interactions/${sold.interactionId}`);
    const outcomes = await race(app.db, 'interactions', { id: sold.interactionId }, [() => dispute(sold), remove]);
    const [disputed, removed] = outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value.status;
    });
    expect([201, 404]).toContain(disputed);
    expect(removed).toBe(204);
    const { rows } = await app.db.query(
      `select id from interaction_disputes where customer_id = $1
       union all select id from dispute_refs where customer_id = $1`,
      [sold.customer.customerId],
    );
    expect(rows).toEqual([]);
    expect(await received(sold)).toEqual([]);
  });

  it('lets an answer find nothing once the event is deleted', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    const [said, removed] = await whileWaiting(
      app.db,
      'consents',
      { id: sold.consentId },
      () => answer(sold, body.id, { answer: 'withdrawn' }),
      () => sold.customer.api.delete(`/v1/me/interactions/${sold.interactionId}`),
    );
    expect([said.status, removed.status]).toEqual([404, 204]);
  });

  it('takes the dispute back and answers it one after the other', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    const outcomes = await race(app.db, 'interactions', { id: sold.interactionId }, [
      () => retract(sold),
      () => answer(sold, body.id, { answer: 'withdrawn' }),
    ]);
    const [back, said] = outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value.status;
    });
    expect(back).toBe(200);
    expect(await standingOf(sold, sold.interactionId)).toBe(said === 200 ? 'voided' : 'standing');
  });

  it('refuses the answer to a dispute that is taken back while it waits', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    const [said, back] = await whileWaiting(
      app.db,
      'consents',
      { id: sold.consentId },
      () => answer(sold, body.id, { answer: 'withdrawn' }),
      () => retract(sold),
    );
    expect([said.status, back.status]).toEqual([409, 200]);
    expect(await standingOf(sold, sold.interactionId)).toBe('standing');
  });

  it('takes two answers one after the other', async () => {
    const sold = await aSold();
    const { body } = await dispute(sold).expect(201);
    const outcomes = await race(app.db, 'consents', { id: sold.consentId }, [
      () => answer(sold, body.id, { answer: 'withdrawn' }),
      () => answer(sold, body.id, { answer: 'stands' }),
    ]);
    // Whichever came first, what is withdrawn stays so.
    expect([JSON.stringify([200, 200]), JSON.stringify([200, 409])]).toContain(JSON.stringify(statusesOf(outcomes)));
    expect(await standingOf(sold, sold.interactionId)).toBe('voided');
    expect(await mine(sold)).toMatchObject([{ status: 'withdrawn' }]);
  });
});
