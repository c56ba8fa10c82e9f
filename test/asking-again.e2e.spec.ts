import { ConsentRequestsService } from '../src/consents/consent-requests.service.js';
import { Database } from '../src/platform/database/database.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import {
  aConsent,
  aConsentRequest,
  approve,
  aSpecialConsent,
  reading,
  type RequestOptions,
  reporting,
  special,
} from './support/consents.js';
import { consentToken } from './support/oauth.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
  grocer = await aRetailer(app, { name: 'Grocer A' });
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const between = () => ({ customer: mira, retailer: grocer });
const passedOn = (...recipients: string[]) => ({ ...reading, recipients });

const inWords = async (id: string) => (await mira.api.get(`/v1/me/consent-requests/${id}`).expect(200)).body.in_words;

/** How each item of what is asked for stands against what is given. */
async function standingsOf(options: RequestOptions): Promise<string[]> {
  const { id } = await aConsentRequest(app, { ...between(), ...options });
  const { details } = await inWords(id);
  return details.flatMap(({ items }: { items: { standing: string }[] }) => items.map(({ standing }) => standing));
}

describe('asking for what is given already', () => {
  it.each([
    ['preferences and reports', () => aConsent(app, between()), [reading, reporting]],
    [
      'what may be passed on',
      () => aConsent(app, { ...between(), details: [passedOn('Bank', 'Post')] }),
      [passedOn('Post')],
    ],
    ['a special attribute', () => aSpecialConsent(app, between()), [special]],
  ])('shows no screen: %s', async (_, given, details) => {
    const { consentId } = await given();
    // Had a screen been shown, it would have been approved, as a second version.
    const access = await consentToken(app, grocer, mira, { details });
    const { body } = await mira.api.get(`/v1/me/consents/${consentId}`).expect(200);
    expect({ id: access.consentId, version: body.version }).toEqual({ id: consentId, version: 1 });
  });
});

describe('asking for more than is given', () => {
  it('tells what is new from what is wider', async () => {
    await aConsent(app, { ...between(), details: [{ ...reading, attributes: ['size.footwear'] }], lifetime_days: 366 });
    expect(await standingsOf({ details: [reading] })).toEqual(['new', 'given']);
    expect(await standingsOf({ details: [{ ...reading, retention: 'P90D' }] })).toEqual(['new', 'wider']);
    expect(await standingsOf({ details: [{ ...reading, touchpoints: ['till', 'kiosk'] }] })).toEqual(['new', 'wider']);
  });

  it('tells what would hold for longer, and until when it does now', async () => {
    await aConsent(app, { ...between(), details: [reading], lifetime_days: 30 });
    expect(await standingsOf({ details: [reading], lifetime_days: 90 })).toEqual(['longer', 'longer']);
    expect(await standingsOf({ details: [reading], lifetime_days: 7 })).toEqual(['given', 'given']);
    const { id } = await aConsentRequest(app, { ...between(), details: [reading] });
    const [{ items }] = (await inWords(id)).details;
    expect(items[0].already.en).toMatch(/^You have allowed this until \d+ \w+ \d{4}\. It would hold for longer\.$/);
  });

  it('compares what is given once with nothing: it is a consent of its own', async () => {
    await aConsent(app, { ...between(), details: [reading] });
    expect(await standingsOf({ details: [reading], use: 'once' })).toEqual(['new', 'new']);
  });

  it('shows to whom it is to be passed on, and that somebody else is more', async () => {
    const { consent } = await aConsent(app, {
      ...between(),
      details: [passedOn('Parcel Service')],
      lifetime_days: 366,
    });
    expect(consent.details[0].recipients).toEqual(['Parcel Service']);
    expect(await standingsOf({ details: [passedOn('Parcel Service')] })).toEqual(['given', 'given']);

    const request = await aConsentRequest(app, {
      ...between(),
      details: [passedOn('Parcel Service', 'Review House')],
      lifetime_days: 366,
    });
    const [detail] = (await inWords(request.id)).details;
    expect(detail.items.map(({ standing }: { standing: string }) => standing)).toEqual(['wider', 'wider']);
    expect(detail.conditions).toContainEqual({
      en: 'Grocer A may pass it on to Parcel Service and Review House.',
      de: 'Grocer A darf es weitergeben an: Parcel Service und Review House.',
    });
    const { body } = await approve(request).expect(200);
    expect(body.consent.details).toMatchObject([{ recipients: ['Parcel Service', 'Review House'] }]);
  });

  it('counts reading oftener as more, and not saying how often as no more', async () => {
    await aConsent(app, { ...between(), details: [reading], max_reads_per_day: 5, lifetime_days: 366 });
    expect(await standingsOf({ details: [reading], max_reads_per_day: 6 })).toEqual(['wider', 'wider']);
    expect(await standingsOf({ details: [reading], max_reads_per_day: 5 })).toEqual(['given', 'given']);
    expect(await standingsOf({ details: [reading] })).toEqual(['given', 'given']);
  });
});

describe('asking for something else in its place', () => {
  it('tells what ends', async () => {
    const given = await aConsent(app, between());
    await aSpecialConsent(app, between());
    const requests = app.get(ConsentRequestsService);
    const { touchpoints } = reading;
    const details = requests.read([{ ...reading, attributes: ['size.footwear'] }], {
      retailerId: grocer.id,
      touchpoints,
    });
    const { id } = await app.get(Database).transaction((tx) =>
      requests.open(
        tx,
        {
          customer: mira.key,
          retailerId: grocer.id,
          clientId: grocer.client.id,
          origin: 'par',
          details,
          action: 'replace',
        },
        { kind: 'retailer', id: grocer.id },
      ),
    );
    const { removed } = await inWords(id);
    expect(removed.map(({ code }: { code: string }) => code)).toEqual([
      'size.apparel',
      'transaction.completed',
      'return.completed',
      'food.allergen',
    ]);
    expect(removed[3].sentence.en).toBe('Grocer A may no longer see what you have stated under “Allergen”.');

    const { body } = await approve({ id, customer: mira }).expect(200);
    expect(body.consent).toMatchObject({ id: given.consentId, details: [{ attributes: ['size.footwear'] }] });
    expect(body.consent.details).toHaveLength(1);
  });
});
