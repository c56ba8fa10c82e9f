import * as fc from 'fast-check';

import type { CustomerKey } from '../src/platform/customer-key.js';
import { Database } from '../src/platform/database/database.js';
import { type Draft, identityOf, statementOf } from '../src/preferences/draft.js';
import { Drafts } from '../src/preferences/drafts.js';
import { PreferenceDocuments } from '../src/preferences/preference-documents.js';
import { type Question, resolve } from '../src/preferences/resolve.js';
import { stages, touchpoints } from '../src/vocabulary/code-lists.js';
import { VocabularyService } from '../src/vocabulary/vocabulary.service.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { effectivePreferences } from './support/arbitrary-effective.js';
import { instant, preferences, question } from './support/arbitrary-preferences.js';
import { canonical, contentOf, exported } from './support/exports.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';

// Each run moves a whole customer from one service to another.
jest.setTimeout(300_000);

const RUNS = 25;

/** A broker with the two retailers of the generated profiles, under ids of its own. */
interface Broker {
  readonly app: TestApp;
  readonly retailers: readonly TestRetailer[];
}

let here: Broker;
let there: Broker;
beforeAll(async () => {
  [here, there] = await Promise.all([aBroker(), aBroker()]);
});
afterAll(() => Promise.all([here.app.stop(), there.app.stop()]));

async function aBroker(): Promise<Broker> {
  const app = await startApp();
  const grocer = await aRetailer(app, { name: 'Grocer A', sectors: ['grocery'] });
  const tailor = await aRetailer(app, { name: 'Tailor T', sectors: ['fashion'] });
  return { app, retailers: [grocer, tailor] };
}

/**
 * Much about few things, so that statements meet, and a little about everything else: a whole profile, of which what is
 * not allowed is left out below.
 */
const profiles: fc.Arbitrary<Generated[]> = fc
  .tuple(fc.array(preferences, { minLength: 2, maxLength: 6 }), effectivePreferences, fc.infiniteStream(reviews()))
  .map(([meeting, others, due]) => [
    ...meeting.flat(),
    ...others.map(({ attribute, value, strength, weight }) => ({
      attribute,
      value,
      strength,
      weight,
      applies_to: { level: 'everyone' } as const,
      review_after: due.next().value,
    })),
  ]);
type Generated = Omit<Draft, 'original'>;

function reviews(): fc.Arbitrary<string | undefined> {
  return fc.constantFrom(undefined, '2027-03-01T00:00:00.000Z');
}

/** What can be said of a generated profile here, each thing once, in an order of their own. */
async function draftsFor({ app, retailers }: Broker, profile: readonly Generated[]): Promise<Draft[]> {
  const vocabulary = app.get(VocabularyService).current();
  const generated = [
    ...new Set(profile.flatMap(({ applies_to: to }) => (to.level === 'retailer' ? [to.retailer_id] : []))),
  ].toSorted();
  const drafts = profile.map(
    ({
      attribute,
      value,
      strength,
      weight,
      applies_to: to,
      context,
      override,
      valid_from,
      valid_until,
      review_after,
    }) => {
      const applies_to =
        to.level === 'retailer' ? { ...to, retailer_id: retailers[generated.indexOf(to.retailer_id)]!.id } : to;
      const said = { attribute, value, strength, weight, applies_to, context, override, valid_from, valid_until };
      return JSON.parse(JSON.stringify({ ...said, review_after })) as Draft;
    },
  );
  const faults = await app.get(Drafts).faultsOf(
    drafts,
    drafts.map((_, index) => `/${index}`),
  );
  const faulty = new Set(faults.map(({ pointer }) => Number(pointer.split('/')[1])));
  const sound = drafts.filter((_, index) => !faulty.has(index));
  return [...new Map(sound.map((draft) => [identityOf(statementOf(draft, vocabulary)), draft])).values()];
}

/** States it in several goes, so that some things are newer than others and some are not. */
async function state({ api }: TestCustomer, drafts: readonly Draft[]): Promise<void> {
  for (let at = 0; at < drafts.length; at += 3) {
    for (const { app } of [here, there]) app.clock.advance({ seconds: 1 }); // or one would be ahead of the other
    await api
      .post('/v1/me/preferences/batch')
      .send({ items: drafts.slice(at, at + 3) })
      .expect(201);
  }
}

async function move(from: TestCustomer, to: TestCustomer): Promise<{ before: string; after: string }> {
  const before = await exported(from, 'provided');
  const { body } = await to.api.post('/v1/me/imports').type('application/x-ndjson').send(before.text).expect(201);
  expect(body.counts).toMatchObject({ same: 0, conflicting: 0, invalid: 0, unknown_retailer: 0 });
  await to.api.post(`/v1/me/imports/${body.id}/confirm`).send({ all: true }).expect(200);
  return { before: contentOf(before), after: contentOf(await exported(to, 'provided')) };
}

type Somewhen = Pick<Question, 'at' | 'place' | 'occasion'>;

/** What holds at every retailer, stage and touchpoint, with nothing in it that differs between brokers. */
async function allThatHolds(
  { app, retailers }: Broker,
  customer: CustomerKey,
  circumstances: readonly Somewhen[],
): Promise<string[]> {
  const documents = await app.get(PreferenceDocuments).of(app.get(Database).reader, customer);
  const vocabulary = app.get(VocabularyService).current();
  const sectors = [['grocery'], ['fashion'], []];
  const everywhere = [...retailers, null].flatMap((retailer, index) =>
    [...stages, null].flatMap((stage) =>
      [...touchpoints, null].map((touchpoint) => {
        return { retailer: retailer?.id ?? null, sectors: sectors[index]!, stage, touchpoint };
      }),
    ),
  );
  return circumstances.flatMap(({ at, place, occasion }) =>
    everywhere.map((where) => {
      const { effective, explain, valid_until } = resolve(documents, vocabulary, { ...where, place, occasion, at });
      return canonical({
        effective: effective.map(({ sources, ...what }) => ({ ...what, sources: sources.length })),
        outcomes: explain
          .map(({ attribute, key, outcome, reason }) => [attribute, key, outcome, reason].join())
          .toSorted(),
        valid_until,
      });
    }),
  );
}

describe('a profile that moves to another broker', () => {
  it('holds the same there at every retailer, stage and touchpoint, and exports to the same bytes again', async () => {
    let differently = 0;
    const said: Draft[] = [];
    const somewhen = fc.tuple(instant, question).map(([at, { place, occasion }]) => ({ at, place, occasion }));
    const circumstances = fc.array(somewhen, { minLength: 3, maxLength: 3 });
    const property = fc.asyncProperty(profiles, circumstances, async (profile, asked) => {
      const [mira, moved] = await Promise.all([aCustomer(here.app), aCustomer(there.app)]);
      const drafts = await draftsFor(here, profile);
      said.push(...drafts);
      if (drafts.length > 0) await state(mira, drafts);

      const { before, after } = await move(mira, moved);
      expect(after).toBe(before);
      expect(before.split('\n').length - 1).toBe(drafts.length);
      const held = await allThatHolds(here, mira.key, asked);
      expect(await allThatHolds(there, moved.key, asked)).toEqual(held);
      differently += new Set(held).size;
    });
    await fc.assert(property, { numRuns: RUNS });
    // Little would be shown by profiles that say little, or the same everywhere.
    expect(said.length).toBeGreaterThan(10 * RUNS);
    expect(differently).toBeGreaterThan(5 * RUNS);
    const saying = (member: keyof Draft) => said.filter((draft) => draft[member] !== undefined).length;
    const members = ['context', 'override', 'weight', 'valid_from', 'valid_until', 'review_after'] as const;
    expect(members.filter((member) => saying(member) < RUNS / 2)).toEqual([]);
  });

  it('moves back, and on from there, with the words of the customer alone', async () => {
    const drafts = await draftsFor(here, fc.sample(profiles, 8).flat());
    const [mira, moved, back] = await Promise.all([aCustomer(here.app), aCustomer(there.app), aCustomer(here.app)]);
    await state(mira, drafts);
    const { before } = await move(mira, moved);
    const { after } = await move(moved, back);
    expect(after).toBe(before);
  });

  it('is answered the same by the service itself', async () => {
    const [mira, moved] = await Promise.all([aCustomer(here.app), aCustomer(there.app)]);
    const [grocer] = here.retailers;
    await state(mira, [
      { attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want', applies_to: { level: 'everyone' } },
      {
        attribute: 'receipt.delivery',
        value: { form: 'email' },
        strength: 'want',
        applies_to: { level: 'retailer', retailer_id: grocer!.id },
        context: { stage: ['shopping'] },
      },
      {
        attribute: 'receipt.delivery',
        value: { form: 'none' },
        strength: 'want',
        applies_to: { level: 'retailer', retailer_id: grocer!.id },
        context: { touchpoint: ['till'] },
      },
    ]);
    await move(mira, moved);
    const effective = async (customer: TestCustomer, { retailers }: Broker, where: string) => {
      const { body } = await customer.api.get(`/v1/me/effective?retailer_id=${retailers[0]!.id}&${where}`).expect(200);
      return body.effective.map(({ value }: { value: object }) => value) as object[];
    };
    for (const where of ['touchpoint=till&stage=shopping', 'touchpoint=web&stage=shopping', 'touchpoint=web']) {
      expect(await effective(moved, there, where)).toEqual(await effective(mira, here, where));
    }
    expect(await effective(moved, there, 'touchpoint=till&stage=shopping')).toEqual([{ form: 'none' }]);
  });
});
