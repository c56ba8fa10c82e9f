import type { Customer, Grocer } from './cast.js';
import { atTheTill } from './reading.js';
import type { Stage } from './stage.js';

interface Disclosures {
  readonly items: readonly {
    retailer: { id: string };
    touchpoint: string | null;
    unchanged: boolean;
    refused: string | null;
  }[];
}
interface Interactions {
  readonly items: readonly { event_id: string; voided: boolean }[];
}
interface Effective {
  readonly effective: readonly { attribute: string; value: { form?: string; email?: boolean } }[];
  readonly explain: readonly { attribute: string; outcome: string; reason: string }[];
  readonly sharing: {
    attributes: readonly { attribute: string; shared: boolean; not_shared_because: string[] }[];
  } | null;
}

/** Mira sees who read what, who reported what, and why it is as it is. */
export async function lookBack(stage: Stage, mira: Customer, albatross: Grocer): Promise<void> {
  stage.chapter('Mira sees it all');
  await seeDisclosures(stage, mira, albatross);
  await seeInteractions(stage, mira);
  await seeWhatHolds(stage, mira, albatross);
  await seeQuietHours(stage, mira);
}

async function seeDisclosures(stage: Stage, mira: Customer, albatross: Grocer): Promise<void> {
  stage.says('Who has read what of her?');
  const { items } = await stage.expect<Disclosures>(mira.api, 200, { method: 'GET', path: '/v1/me/disclosures' });
  const reads = items.map(({ retailer, touchpoint, unchanged, refused }) =>
    [
      retailer.id === albatross.id ? 'Albatross' : 'Thistle',
      touchpoint,
      refused ?? (unchanged ? 'unchanged' : 'read'),
    ].join(' '),
  );
  stage.check('every read is there, those that were refused as well', reads.toReversed(), [
    'Albatross till read',
    'Albatross till unchanged',
    'Albatross call_centre read',
    'Albatross till outside-consent',
    'Albatross till outside-consent',
    'Albatross till outside-consent',
    'Thistle till read',
  ]);
}

async function seeInteractions(stage: Stage, mira: Customer): Promise<void> {
  stage.says('Who has reported what?');
  const { items } = await stage.expect<Interactions>(mira.api, 200, { method: 'GET', path: '/v1/me/interactions' });
  const found = items.map(({ event_id, voided }) => `${event_id}${voided ? ' voided' : ''}`).sort();
  stage.check('each event once, and the cancelled order is marked', found, ['1001', '1003', 'T-7 voided', 'T-8']);
}

async function seeWhatHolds(stage: Stage, mira: Customer, albatross: Grocer): Promise<void> {
  stage.says('What holds at a till of Albatross, why, and what does Albatross get of it?');
  const query = new URL(atTheTill, stage.url).search;
  const { explain, sharing } = await stage.expect<Effective>(mira.api, 200, {
    method: 'GET',
    path: `/v1/me/effective${query}&retailer_id=${albatross.id}`,
  });
  const receipts = explain.filter(({ attribute }) => attribute === 'receipt.delivery');
  stage.check(
    'her word for Albatross beats her word for everyone',
    receipts.map(({ outcome, reason }) => `${outcome}: ${reason}`).sort(),
    ['lost: less_specific', 'won: most_specific'],
  );
  const because = (name: string) =>
    sharing?.attributes.find(({ attribute }) => attribute === name)?.not_shared_because ?? ['unknown'];
  stage.check('the shoe size is shared', because('size.footwear'), []);
  stage.check('marketing is not: no consent', because('contact.marketing'), ['no_consent']);
  stage.check('the allergy is not: it is special', because('food.allergen').includes('special'), true);
  stage.check(
    'substitution is not: this is no call centre',
    because('fulfilment.substitution').includes('touchpoint'),
    true,
  );
}

async function seeQuietHours(stage: Stage, mira: Customer): Promise<void> {
  stage.says('May she be written to at noon, and late in the evening?');
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const allowed: (boolean | undefined)[] = [];
  for (const time of ['12:00', '22:00']) {
    const { effective } = await stage.expect<Effective>(mira.api, 200, {
      method: 'GET',
      path: `/v1/me/effective?at=${tomorrow}T${time}:00Z`,
    });
    allowed.push(effective.find(({ attribute }) => attribute === 'contact.marketing')?.value.email);
  }
  stage.check('by day, and not in her quiet hours', allowed, [true, false]);
}
