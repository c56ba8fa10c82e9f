import { randomUUID } from 'node:crypto';

import { aCustomer, anOperator } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { withdraw } from './support/consents.js';
import { exported } from './support/exports.js';
import { aVoid, report, type Reporter } from './support/events.js';
import { race, statusesOf, whileWaiting } from './support/race.js';
import { announced, audited } from './support/records.js';
import {
  aShopper,
  candidatesOf,
  change,
  lastDays,
  later,
  line,
  lookedAt,
  reported,
  saleOf,
  shopped,
  suggestionsOf,
} from './support/suggestions.js';
import { definitionOf, released } from './support/vocabularies.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const problemOf = ({ body }: { body: { type?: string } }) => body.type?.split('/').at(-1);

const byEmail = { receipt: 'email' };

/** Somebody whose receipts came by e-mail on nine days, and to whom that is suggested. */
async function withSuggestion(): Promise<Reporter & { suggestionId: string }> {
  const shopper = await aShopper(app);
  await shopped(app, shopper, lastDays(9), byEmail);
  const [suggestion] = await suggestionsOf(shopper.customer);
  return { ...shopper, suggestionId: suggestion!.id };
}

interface Suggested {
  readonly customer: Pick<Reporter['customer'], 'api'>;
  readonly suggestionId: string;
}

const answer = ({ customer, suggestionId }: Suggested, how: string) =>
  customer.api.post(`/v1/me/suggestions/${suggestionId}/${how}`);

describe('suggestions', () => {
  it('are off for who has not switched them on, and nothing is kept for them', async () => {
    const { customer, ...shopper } = await aShopper(app, { enabled: false });
    const { body } = await customer.api.get('/v1/me/suggestions/settings').expect(200);
    expect(body).toEqual({ enabled: false, enabled_at: null, never: [], time_zone: null });
    await shopped(app, { customer, ...shopper }, lastDays(9), byEmail);
    expect(await suggestionsOf(customer)).toEqual([]);
    const candidates = await customer.api.get('/v1/me/suggestions/candidates').expect(200);
    expect(candidates.body).toEqual({ items: [], next_cursor: null, complete: true, priors: null });
    for (const table of ['suggestion_settings', 'suggestion_days', 'suggestions']) {
      const { rows } = await app.db.query(`select from ${table} where customer_id = $1`, [customer.customerId]);
      expect(rows).toEqual([]);
    }
  });

  it('follow from what was reported before they were switched on, too', async () => {
    const shopper = await aShopper(app, { enabled: false });
    await shopped(app, shopper, lastDays(9), byEmail);
    await change(shopper.customer, { enabled: true });
    await lookedAt(app);
    expect(await suggestionsOf(shopper.customer)).toHaveLength(1);
  });

  it('say why in one sentence, with what was counted and the events', async () => {
    const { customer, retailer, suggestionId } = await withSuggestion();
    const { body } = await customer.api.get(`/v1/me/suggestions/${suggestionId}`).expect(200);
    expect(body).toMatchObject({
      rule: 'receipt',
      status: 'open',
      preference: {
        attribute: 'receipt.delivery',
        value: { form: 'email' },
        strength: 'want',
        applies_to: { level: 'everyone' },
      },
      counted: { k: 9, n: 9, days: 9, threshold: 0.6, base: 0.5 },
      holds: true,
      decided_at: null,
      rests_until: null,
      preference_id: null,
    });
    const since = new Date(body.counted.since);
    const date = (locale: string) => since.toLocaleDateString(locale, { dateStyle: 'long', timeZone: 'UTC' });
    expect(body.explanation).toEqual({
      en: `On 9 of 9 days of shopping since ${date('en-GB')} your receipt was by e-mail.`,
      de: `An 9 von 9 Einkaufstagen seit dem ${date('de-DE')} war Ihr Kassenbon per E-Mail.`,
    });
    expect(body.evidence).toHaveLength(9);
    expect(body.evidence[0]).toMatchObject({
      type: 'transaction.completed',
      touchpoint: 'till',
      retailer: { id: retailer.id, name: retailer.name },
    });
    await customer.api.get(body.evidence[0].href).expect(200);
  });

  it('say what a candidate still lacks', async () => {
    const shopper = await aShopper(app);
    await shopped(app, shopper, lastDays(2), byEmail);
    expect((await candidatesOf(shopper.customer)).find(({ rule }) => rule === 'receipt')).toMatchObject({
      attribute: 'receipt.delivery',
      group: 'all',
      value: 'email',
      k: 2,
      n: 2,
      days: 2,
      suggest: false,
      lacks: ['days', 'support', 'confidence', 'distinctive'],
    });
  });

  it('list candidates page by page', async () => {
    const shopper = await aShopper(app);
    const lines = Array.from({ length: 5 }, (_, n) => line({ code: `A${n}`, category_label: `Shelf ${n}` }));
    await shopped(app, shopper, lastDays(2), { lines });
    const { api } = shopper.customer;
    const all = await candidatesOf(shopper.customer);
    const paged: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { body: { items: unknown[]; next_cursor: string | null; complete: boolean } } = await api
        .get(`/v1/me/suggestions/candidates?limit=3${cursor && `&cursor=${cursor}`}`)
        .expect(200);
      expect(page.body.complete).toBe(true);
      paged.push(...page.body.items);
      cursor = page.body.next_cursor;
    }
    expect(all.length).toBeGreaterThan(6);
    expect(paged).toEqual(all);
    const wrong = await api.get('/v1/me/suggestions/candidates?cursor=nowhere').expect(400);
    expect(problemOf(wrong)).toBe('invalid-cursor');
  });

  it('are at most three at a time, and one new a day', async () => {
    const brands = ['Weleda', 'Alnatura', 'Demeter', 'Lavera', 'Sonett'];
    const lines = brands.map((brand_name) =>
      line({ code: brand_name, category_label: `Shelf of ${brand_name}`, brand_name }),
    );
    const { customer, ...shopper } = await aShopper(app);
    await shopped(app, { customer, ...shopper }, lastDays(14), { lines });
    expect(await suggestionsOf(customer)).toHaveLength(1);
    expect(await suggestionsOf(await later(app, customer, 1))).toHaveLength(2);
    expect(await suggestionsOf(await later(app, customer, 1))).toHaveLength(3);
    const then = await later(app, customer, 1);
    const [first, ...others] = await suggestionsOf(then);
    expect(others).toHaveLength(2);
    await answer({ customer: then, suggestionId: first!.id }, 'refuse').expect(200);
    await lookedAt(app);
    const open = (await suggestionsOf(then)).map(({ id }) => id);
    expect(open).toEqual([expect.any(String), ...others.map(({ id }) => id)]);
    expect(open).not.toContain(first!.id);
  });

  it('do not repeat what is stated', async () => {
    const { customer, ...shopper } = await aShopper(app);
    await customer.api
      .post('/v1/me/preferences')
      .set('idempotency-key', randomUUID())
      .send({ attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want' })
      .expect(201);
    await shopped(app, { customer, ...shopper }, lastDays(9), byEmail);
    expect(await suggestionsOf(customer)).toEqual([]);
  });

  it('go when the same is stated', async () => {
    const { customer } = await withSuggestion();
    await customer.api
      .post('/v1/me/preferences')
      .set('idempotency-key', randomUUID())
      .send({ attribute: 'receipt.delivery', value: { form: 'app' }, strength: 'must' })
      .expect(201);
    await lookedAt(app);
    expect(await suggestionsOf(customer)).toEqual([]);
  });

  it('are nobody else’s', async () => {
    const { suggestionId } = await withSuggestion();
    const otto = await aCustomer(app);
    expect(problemOf(await otto.api.get(`/v1/me/suggestions/${suggestionId}`).expect(404))).toBe(
      'suggestion-not-found',
    );
    for (const how of ['accept', 'refuse', 'never']) {
      const refused = await answer({ customer: otto, suggestionId }, how).expect(404);
      expect(problemOf(refused)).toBe('suggestion-not-found');
    }
  });
});

describe('accepting a suggestion', () => {
  it('makes it a preference of the customer, who confirmed it', async () => {
    const shopper = await withSuggestion();
    const { body } = await answer(shopper, 'accept').expect(200);
    expect(body).toMatchObject({ status: 'accepted', holds: true, preference_id: expect.any(String) });
    const preference = await shopper.customer.api.get(`/v1/me/preferences/${body.preference_id}`).expect(200);
    expect(preference.body).toMatchObject({
      attribute: 'receipt.delivery',
      value: { form: 'email' },
      strength: 'want',
      status: 'active',
      provenance: { kind: 'inferred_confirmed', source: `suggestion:${shopper.suggestionId}` },
    });
    expect((await answer(shopper, 'accept').expect(200)).body).toEqual(body);
    expect(problemOf(await answer(shopper, 'refuse').expect(409))).toBe('suggestion-decided');
    expect(problemOf(await answer(shopper, 'never').expect(409))).toBe('suggestion-decided');
    const { key } = shopper.customer;
    const entries = (await audited(app, key))
      .map(({ type }) => type as string)
      .filter((type) => /suggestion|preference/.test(type));
    expect(entries).toEqual(['suggestions.changed', 'suggestion.made', 'preference.recorded', 'suggestion.accepted']);
    expect(await announced(app, key)).toEqual(expect.arrayContaining(['suggestion.accepted', 'preferences.changed']));
  });

  it('happens once when two requests race', async () => {
    const shopper = await withSuggestion();
    const where = { customer_id: shopper.customer.customerId };
    const outcomes = await race(app.db, 'suggestion_settings', where, [
      async () => (await answer(shopper, 'accept')).status,
      async () => (await answer(shopper, 'accept')).status,
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 200]);
    const { body } = await shopper.customer.api.get('/v1/me/preferences').expect(200);
    expect(body.items).toHaveLength(1);
  });

  it('never goes over what is stated, but names it', async () => {
    const shopper = await withSuggestion();
    const where = { customer_id: shopper.customer.customerId };
    const [accepted, stated] = await whileWaiting(
      app.db,
      'suggestion_settings',
      where,
      () => answer(shopper, 'accept').expect(409),
      () =>
        shopper.customer.api
          .post('/v1/me/preferences')
          .set('idempotency-key', randomUUID())
          .send({ attribute: 'receipt.delivery', value: { form: 'app' }, strength: 'must' })
          .expect(201),
    );
    expect(problemOf(accepted)).toBe('preference-exists');
    expect(accepted.body.preference_id).toBe(stated.body.id);
    const { body } = await shopper.customer.api.get(`/v1/me/preferences/${stated.body.id}`).expect(200);
    expect(body.value).toEqual({ form: 'app' });
  });

  it('stays when its events go, and says so', async () => {
    const shopper = await withSuggestion();
    const { body } = await answer(shopper, 'accept').expect(200);
    await withdraw(shopper, { reported_data: 'delete' }).expect(200);
    await lookedAt(app);
    const after = await shopper.customer.api.get(`/v1/me/suggestions/${shopper.suggestionId}`).expect(200);
    expect(after.body).toMatchObject({ status: 'accepted', holds: false, evidence: [] });
    await shopper.customer.api.get(`/v1/me/preferences/${body.preference_id}`).expect(200);
    expect(await suggestionsOf(shopper.customer, 'accepted')).toHaveLength(1);
  });
});

describe('refusing a suggestion', () => {
  it('lets it rest for 180 days', async () => {
    const shopper = await withSuggestion();
    const { body } = await answer(shopper, 'refuse').expect(200);
    expect(Date.parse(body.rests_until) - Date.parse(body.decided_at)).toBe(180 * 86_400_000);
    expect((await answer(shopper, 'refuse').expect(200)).body).toEqual(body);
    expect(problemOf(await answer(shopper, 'accept').expect(409))).toBe('suggestion-decided');
    expect(await suggestionsOf(await later(app, shopper.customer, 179))).toEqual([]);
    expect(await suggestionsOf(await later(app, shopper.customer, 2))).toHaveLength(1);
  });

  it('for ever is about the attribute, and can be taken back', async () => {
    const shopper = await withSuggestion();
    expect((await answer(shopper, 'never').expect(200)).body).toMatchObject({ status: 'refused' });
    const { api } = shopper.customer;
    expect((await api.get('/v1/me/suggestions/settings').expect(200)).body.never).toEqual(['receipt.delivery']);
    expect((await candidatesOf(shopper.customer)).map(({ attribute }) => attribute)).not.toContain('receipt.delivery');
    const customer = await later(app, shopper.customer, 200);
    expect(await suggestionsOf(customer)).toEqual([]);
    await change(customer, { never: [] });
    await lookedAt(app);
    expect(await suggestionsOf(customer)).toHaveLength(1);
  });
});

describe('an open suggestion', () => {
  /** What is left of it. */
  const leftOf = async (shopper: Reporter & { suggestionId: string }) => {
    await lookedAt(app);
    await answer(shopper, 'accept').expect(404);
    expect(await announced(app, shopper.customer.key)).toContain('suggestion.withdrawn');
    return suggestionsOf(shopper.customer);
  };

  const anEvent = async ({ customer }: Reporter, suggestionId: string): Promise<string> =>
    (await customer.api.get(`/v1/me/suggestions/${suggestionId}`).expect(200)).body.evidence[0].id;

  it('goes when an event behind it is disputed, and comes back with it', async () => {
    const shopper = await withSuggestion();
    const id = await anEvent(shopper, shopper.suggestionId);
    const dispute = `/v1/me/interactions/${id}/dispute`;
    await shopper.customer.api.post(dispute).send({ reason: 'not_me' });
    expect(await leftOf(shopper)).toEqual([]);
    await shopper.customer.api.post(`${dispute}/retract`);
    await lookedAt(app);
    expect(await suggestionsOf(await later(app, shopper.customer, 1))).toHaveLength(1);
  });

  it('goes when an event behind it is deleted', async () => {
    const shopper = await withSuggestion();
    const id = await anEvent(shopper, shopper.suggestionId);
    await shopper.customer.api.delete(`/v1/me/interactions/${id}`);
    expect(await leftOf(shopper)).toEqual([]);
  });

  it('goes when the retailer takes an event back', async () => {
    const shopper = await aShopper(app);
    const sales = await shopped(app, shopper, lastDays(9), byEmail);
    const [suggestion] = await suggestionsOf(shopper.customer);
    await report(shopper.tills, aVoid(sales[4]!));
    expect(await leftOf({ ...shopper, suggestionId: suggestion!.id })).toEqual([]);
  });

  it('goes with the consent, when what was reported is deleted', async () => {
    const shopper = await withSuggestion();
    await withdraw(shopper, { reported_data: 'delete' }).expect(200);
    expect(await leftOf(shopper)).toEqual([]);
  });

  it('goes when suggestions are switched off, with all that was concluded', async () => {
    const shopper = await withSuggestion();
    await change(shopper.customer, { enabled: false });
    expect(await leftOf(shopper)).toEqual([]);
    const { rows } = await app.db.query('select from suggestion_days where customer_id = $1', [
      shopper.customer.customerId,
    ]);
    expect(rows).toEqual([]);
  });
});

describe('the settings', () => {
  it('keep what is left out, and say nothing of what is the same', async () => {
    const { api, key } = await aCustomer(app);
    const settings = '/v1/me/suggestions/settings';
    const first = await api
      .patch(settings)
      .send({ enabled: true, never: ['brand.kind'] })
      .expect(200);
    expect(first.body).toMatchObject({ enabled: true, never: ['brand.kind'], time_zone: null });
    await api.patch(settings).send({ enabled: true }).expect(200);
    const { body } = await api.patch(settings).send({ time_zone: 'Europe/Berlin' }).expect(200);
    expect(body).toEqual({ ...first.body, time_zone: 'Europe/Berlin' });
    const entries = (await audited(app, key)).filter(({ type }) => type === 'suggestions.changed');
    expect(entries).toHaveLength(2);
  });

  it.each([
    [{ never: ['food.allergen'] }, '/never'],
    [{ time_zone: 'Mars/Olympus' }, '/time_zone'],
    [{ enabled: 'yes' }, '/enabled'],
  ])('refuse %j', async (change_, pointer) => {
    const { api } = await aCustomer(app);
    const { body } = await api.patch('/v1/me/suggestions/settings').send(change_).expect(400);
    expect(body.errors[0].pointer).toMatch(pointer);
  });
});

describe('what is never learned from', () => {
  it('is a special product, whatever the retailer calls it', async () => {
    const shopper = await aShopper(app);
    const lines = [
      line({ code: 'S1', category_label: 'Remedies', brand_name: 'Weleda', special: 'pharmacy' }),
      line({ code: 'S2', category_label: 'Baby food', brand_name: 'Alnatura', label: 'Apple mash' }),
    ];
    await shopped(app, shopper, lastDays(14), { lines });
    expect(await candidatesOf(shopper.customer)).toEqual([]);
    expect(await suggestionsOf(shopper.customer)).toEqual([]);
  });

  it('is the time of an event whose sender’s clock is in doubt', async () => {
    const shopper = await aShopper(app);
    await change(shopper.customer, { time_zone: 'Europe/Berlin' });
    const called = (daysAgo: number, more: object = {}) => ({
      ...saleOf(app, shopper, daysAgo),
      type: 'org.ccx.interaction.call.completed.v1',
      ccxtouchpoint: 'call_centre',
      data: { direction: 'inbound', language: 'de' },
      ...more,
    });
    await reported(app, shopper, [called(1), called(2)]);
    const lost = new Date(app.clock.now().getTime() - 40 * 86_400_000).toISOString();
    const before = new Date(app.clock.now().getTime() - 43 * 86_400_000).toISOString();
    await reported(app, shopper, [called(0, { time: before, ccxsenttime: lost })]);
    const candidates = await candidatesOf(shopper.customer);
    expect(candidates.find(({ rule }) => rule === 'contact_time')).toMatchObject({ k: 2, n: 2, value: 'afternoon' });
    expect(candidates.find(({ rule }) => rule === 'language')).toMatchObject({ k: 3, n: 3, value: 'de' });
  });
});

describe('an attribute that the vocabulary no longer lets be inferred', () => {
  it('is suggested no longer, and nothing is kept of it', async () => {
    const shopper = await withSuggestion();
    const accepted = await withSuggestion();
    await answer(accepted, 'accept').expect(200);
    const olga = await anOperator(app);
    await released(app, olga, 'minor', {
      attributes: [definitionOf(app, 'receipt.delivery', { inferable: false })],
    });
    await shopper.customer.api.get(`/v1/me/suggestions/${shopper.suggestionId}`).expect(404);
    await answer(shopper, 'accept').expect(404);
    expect(await suggestionsOf(shopper.customer)).toEqual([]);
    expect((await candidatesOf(shopper.customer)).map(({ rule }) => rule)).not.toContain('receipt');
    await app.runJob('suggestions');
    await lookedAt(app);
    const kept = await exported(shopper.customer);
    expect(kept.lines.map(({ kind }) => kind)).not.toContain('suggestion');
    expect(JSON.stringify(kept.lines.filter(({ kind }) => kind === 'suggestion_day'))).not.toContain('receipt');
    expect(await suggestionsOf(accepted.customer, 'accepted')).toHaveLength(1);
    await released(app, olga, 'major', {
      attributes: [definitionOf(app, 'receipt.delivery', { inferable: true })],
    });
    await app.runJob('suggestions');
    await lookedAt(app);
    expect((await candidatesOf(shopper.customer)).map(({ rule }) => rule)).toContain('receipt');
  });
});
