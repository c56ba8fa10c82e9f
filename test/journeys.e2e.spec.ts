import type { JsonObject } from '../src/platform/json.js';
import { startApp, type TestApp } from './support/app.js';
import { aDelegation } from './support/delegations.js';
import { aVoid, type Reporter } from './support/events.js';
import { aStoryteller, happened, idHere, listed, tell } from './support/timeline.js';

const HOUR = 60;
const DAY = 24 * HOUR;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

interface Step {
  readonly id: string;
  readonly type: string;
  readonly joined: string;
}

async function journeysOf({ customer }: Pick<Reporter, 'customer'>, query = '') {
  const { body } = await customer.api.get(`/v1/me/journeys${query}`).expect(200);
  return body as { items: { id: string; interactions: Step[]; [more: string]: unknown }[]; next_cursor: string | null };
}
const told = ({ items }: { items: readonly { interactions: Step[] }[] }) =>
  items.map(({ interactions }) => interactions.map(({ type, joined }) => `${type} ${joined}`));

async function chainOf({ customer }: Pick<Reporter, 'customer'>, id: string) {
  const { body } = await customer.api.get(`/v1/me/interactions/${id}/chain`).expect(200);
  return body as {
    interactions: Record<string, unknown>[];
    links: { from: string; to: string; certainty: string; because: string }[];
  };
}

const offer = (reporter: Reporter, minutes: number, more: JsonObject = {}) =>
  happened(app, reporter, 'promotion.offered', minutes, {
    ccxtouchpoint: 'email',
    data: { campaign: 'spring', offer: 'milk' },
    ...more,
  });
const answer = (reporter: Reporter, minutes: number, response: string, more: JsonObject = {}) =>
  happened(app, reporter, 'promotion.responded', minutes, {
    ccxtouchpoint: 'app',
    data: { campaign: 'spring', offer: 'milk', response },
    ...more,
  });
const sale = (reporter: Reporter, minutes: number, more: JsonObject = {}) =>
  happened(app, reporter, 'transaction.completed', minutes, more);

describe('a journey', () => {
  it('goes across touchpoints and retailers: what is near in time, and what a retailer tied to it', async () => {
    const grocer = await aStoryteller(app);
    const tailor = await aStoryteller(app, { customer: grocer.customer });
    const tied = { ccxcorrelation: 'spring-4711' };
    await tell(grocer, offer(grocer, 3 * DAY, tied), sale(grocer, 2 * HOUR, tied));
    await tell(tailor, sale(tailor, 100, { ccxtouchpoint: 'web' }), sale(tailor, 10 * DAY));

    const { items, next_cursor } = await journeysOf(grocer);
    expect(next_cursor).toBeNull();
    expect(told({ items })).toEqual([
      ['promotion.offered first', 'transaction.completed correlation', 'transaction.completed time'],
      ['transaction.completed first'],
    ]);
    const named = ({ retailer: { id, name } }: Reporter) => ({ id, name });
    expect(items[0]).toMatchObject({
      id: items[0]?.interactions[0]?.id,
      retailers: [named(grocer), named(tailor)],
      touchpoints: ['email', 'till', 'web'],
      stages: ['awareness', 'shopping'],
      purchases: 2,
    });
  });

  it('is made of what stands, and of nothing that only speaks of something else', async () => {
    const reporter = await aStoryteller(app);
    const [kept, voided, disputed] = [30, 20, 10].map((minutes) => sale(reporter, minutes)) as [
      JsonObject,
      JsonObject,
      JsonObject,
    ];
    await tell(reporter, kept, voided, disputed, aVoid(voided));
    const id = await idHere(reporter, disputed);
    await reporter.customer.api.post(`/v1/me/interactions/${id}/dispute`).send({ reason: 'not_me' }).expect(201);
    const { items } = await journeysOf(reporter);
    expect(items.map(({ interactions }) => interactions.map((step) => step.id))).toEqual([
      [await idHere(reporter, kept)],
    ]);
  });

  it('comes page by page, the one that ended last first, each once', async () => {
    const reporter = await aStoryteller(app);
    const tied = { ccxcorrelation: 'long' };
    // The one that is tied began before the others and ended after them.
    await tell(reporter, sale(reporter, 9 * DAY, tied), ...[5, 4, 3].map((days) => sale(reporter, days * DAY)));
    await tell(reporter, sale(reporter, DAY, tied));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof journeysOf>> = await journeysOf(
        reporter,
        `?limit=1${cursor ? `&cursor=${cursor}` : ''}`,
      );
      expect(page.items).toHaveLength(1);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
    } while (cursor);
    const { items } = await journeysOf(reporter);
    expect(seen).toEqual(items.map(({ id }) => id));
    expect(items.map(({ interactions }) => interactions.length)).toEqual([2, 1, 1, 1]);
  });

  it('goes on where a stretch of very many events ends', async () => {
    const reporter = await aStoryteller(app);
    await tell(reporter, sale(reporter, DAY));
    // Fifty a day, five minutes apart, for fifty days.
    await app.db.query(
      `insert into interactions
         select bucket, customer_id, occurred_at - day * interval '1 day' - n * interval '5 minutes', gen_random_uuid(),
                sha256((day || '/' || n)::bytea), retailer_id, client_id, consent_id, consent_version, type, touchpoint,
                stage, source, 'm' || day || '/' || n, null, data, received_at
           from interactions, generate_series(1, 50) day, generate_series(1, 50) n
          where customer_id = $1`,
      [reporter.customer.customerId],
    );
    const first = await journeysOf(reporter, '?limit=200');
    const rest = await journeysOf(reporter, `?limit=200&cursor=${first.next_cursor}`);
    expect(rest.next_cursor).toBeNull();
    expect(first.items.length).toBeLessThan(51);
    const lengths = [...first.items, ...rest.items].map(({ interactions }) => interactions.length);
    expect(lengths).toEqual([1, ...Array.from({ length: 50 }, () => 50)]);
  });

  it('lies within the time asked for', async () => {
    const reporter = await aStoryteller(app);
    const [old, recent] = [sale(reporter, 100 * DAY), sale(reporter, DAY)];
    await tell(reporter, old, recent);
    const ids = async (query: string) => (await journeysOf(reporter, query)).items.map(({ id }) => id);
    const at = (event: JsonObject) => encodeURIComponent(event['time'] as string);
    await expect(ids('')).resolves.toEqual([await idHere(reporter, recent)]);
    await expect(ids(`?to=${at(recent)}`)).resolves.toEqual([]);
    await expect(ids(`?from=${at(old)}&to=${at(recent)}`)).resolves.toEqual([await idHere(reporter, old)]);
    await reporter.customer.api.get('/v1/me/journeys?from=yesterday').expect(400);
    await reporter.customer.api.get('/v1/me/journeys?cursor=bm9wZQ').expect(400);
  });

  it('is seen by its customer, and by who may see what was reported', async () => {
    const reporter = await aStoryteller(app);
    await tell(reporter, sale(reporter, 1));
    const other = await aStoryteller(app);
    await expect(journeysOf(other)).resolves.toEqual({ items: [], next_cursor: null });
    const { acting } = await aDelegation(app, { giver: reporter.customer });
    const { body } = await acting.get('/v1/me/journeys').expect(200);
    expect(body.items).toHaveLength(1);
    const without = await aDelegation(app, { giver: reporter.customer, scopes: ['preferences.read'] });
    await without.acting.get('/v1/me/journeys').expect(403);
  });
});

describe('the chain of an interaction', () => {
  it('leads from the offer to the answer and to the purchase, from wherever one looks', async () => {
    const reporter = await aStoryteller(app);
    const events = [offer(reporter, 5 * DAY), answer(reporter, 4 * DAY, 'opened'), sale(reporter, DAY)];
    await tell(reporter, ...events.toReversed());
    const [offered, opened, bought] = await Promise.all(events.map((event) => idHere(reporter, event)));
    const expected = {
      interactions: [
        expect.objectContaining({ id: offered, campaign: 'spring', offer: 'milk' }),
        expect.objectContaining({ id: opened, response: 'opened' }),
        expect.objectContaining({ id: bought, type: 'transaction.completed' }),
      ],
      links: [
        { from: offered, to: opened, certainty: 'explicit', because: 'offer' },
        { from: opened, to: bought, certainty: 'likely', because: 'last_response' },
      ],
    };
    for (const id of [offered, opened, bought]) await expect(chainOf(reporter, id!)).resolves.toEqual(expected);
  });

  it('is explicit where the retailer tied the events', async () => {
    const reporter = await aStoryteller(app);
    const tied = { ccxcorrelation: 'x' };
    const [mail, bought] = [offer(reporter, 60 * DAY, tied), sale(reporter, DAY, tied)];
    await tell(reporter, mail, bought);
    const { links } = await chainOf(reporter, await idHere(reporter, bought));
    expect(links).toEqual([expect.objectContaining({ certainty: 'explicit', because: 'correlation' })]);
  });

  it('does not cross retailers, and loses what no longer stands', async () => {
    const reporter = await aStoryteller(app);
    const elsewhere = await aStoryteller(app, { customer: reporter.customer });
    const mail = offer(reporter, 2 * DAY);
    await tell(reporter, mail, sale(reporter, DAY));
    await tell(elsewhere, offer(elsewhere, DAY + 1));
    const bought = (await listed(reporter, '?type=transaction.completed')).items[0].id as string;
    const { links } = await chainOf(reporter, bought);
    expect(links.map(({ from }) => from)).toEqual([await idHere(reporter, mail)]);
    await tell(reporter, aVoid(mail));
    const after = await chainOf(reporter, bought);
    expect([after.interactions.map(({ id }) => id), after.links]).toEqual([[bought], []]);
    const taken = await chainOf(reporter, await idHere(reporter, mail));
    expect([taken.interactions.length, taken.links]).toEqual([1, []]);
  });

  it('is not that of another customer', async () => {
    const [reporter, other] = [await aStoryteller(app), await aStoryteller(app)];
    await tell(reporter, sale(reporter, 1));
    const [{ id }] = (await listed(reporter)).items;
    await other.customer.api.get(`/v1/me/interactions/${id}/chain`).expect(404);
  });
});
