import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { disclosed } from './support/disclosed.js';
import { anOffer, aVoid, report } from './support/events.js';
import {
  type ConsentAccess,
  consentToken,
  type JsonAnswer,
  type RetailerAccess,
  retailerToken,
} from './support/oauth.js';
import { aRetailer, suspendRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let tailor: TestRetailer;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
  [grocer, tailor] = await Promise.all([aRetailer(app), aRetailer(app, { name: 'Tailor T', sectors: ['fashion'] })]);
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const marketing = {
  type: 'ccx_preferences',
  attributes: ['contact.marketing'],
  purposes: ['dpv:DirectMarketing'],
  touchpoints: ['email', 'call_centre', 'app', 'till'],
};
const offers = {
  type: 'ccx_interactions',
  event_types: ['promotion.offered'],
  purposes: ['dpv:PersonalisedBenefits'],
  touchpoints: ['email', 'till', 'web'],
  since: 'P30D',
};

const allows = (retailer = grocer, detail: object = {}) =>
  consentToken(app, retailer, mira, {
    details: [{ ...marketing, ...detail }, offers],
    scope: 'preferences.read interactions.write',
  });
const states = async (value: object, more: object = {}) => {
  const statement = { attribute: 'contact.marketing', value, strength: 'must', ...more };
  await mira.api.post('/v1/me/preferences').send(statement).expect(201);
};
const only = (retailer: TestRetailer) => ({ applies_to: { level: 'retailer', retailer_id: retailer.id } });
const asks = (access: RetailerAccess, query = '') =>
  access.fetch('GET', `/v1/contact-permission?channel=email&topic=offers${query}`);
const codeOf = ({ status, body }: JsonAnswer) => `${status} ${String(body.type).replace(`${app.url}/problems/`, '')}`;

/** Reports contacts by a consent's token: each so many days ago. */
async function contacts(access: ConsentAccess, daysAgo: readonly number[], change: object = {}) {
  const events = daysAgo.map((days) => {
    const time = new Date(app.clock.now().getTime() - days * DAY_MS).toISOString();
    return anOffer(app, { subject: access.subject, time, ...change });
  });
  const { body } = await report(access, events);
  expect(body.stored).toBe(events.length);
  return events;
}

/** What an answer says, less what no two answers have in common. */
function wordsOf({ status, headers, body }: JsonAnswer): object {
  const { at: _, disclosure_id: __, ...said } = body as Record<string, unknown>;
  const names = [...headers.keys()].filter((name) => !['date', 'x-request-id', 'content-length'].includes(name));
  return { status, names, said };
}

describe('asking whether a customer may be contacted', () => {
  it('is answered by what they state, and recorded as a disclosure of it', async () => {
    await states({ email: true, phone: false, topics: ['offers'] });
    const access = await allows();
    const { status, body, headers } = await asks(access);
    expect(status).toBe(200);
    expect(body).toEqual({
      subject: access.subject,
      consent: { id: access.consentId, version: 1, status: 'active', expires_at: expect.any(String) },
      channel: 'email',
      topic: 'offers',
      purpose: 'dpv:DirectMarketing',
      touchpoint: 'email',
      at: expect.any(String),
      may_contact: true,
      max_per_week: null,
      remaining: null,
      valid_until: body.consent.expires_at,
      disclosure_id: expect.any(String),
    });
    expect([headers.get('etag'), headers.get('cache-control')]).toEqual([null, 'no-store']);
    await expect(disclosed(app, mira.key)).resolves.toMatchObject([
      {
        id: body.disclosure_id,
        attributes: ['contact.marketing'],
        purpose: 'dpv:DirectMarketing',
        touchpoint: 'email',
        unchanged: false,
        refused: null,
      },
    ]);
  });

  it('is a no for another channel and another topic, and for whatever nothing is stated of', async () => {
    await states({ email: true, phone: false, topics: ['offers'] });
    const access = await allows();
    const answer = async (query: string) => {
      const { body } = await access.fetch('GET', `/v1/contact-permission?${query}`);
      return [body.touchpoint, body.may_contact];
    };
    await expect(answer('channel=phone&topic=offers')).resolves.toEqual(['call_centre', false]);
    await expect(answer('channel=push&topic=offers')).resolves.toEqual(['app', false]);
    await expect(answer('channel=email&topic=surveys')).resolves.toEqual(['email', false]);
    await expect(answer('channel=in_person&topic=offers&touchpoint=till')).resolves.toEqual(['till', false]);
  });

  it('is told of one channel alone where the touchpoint learns of no other, and refused and recorded of the rest', async () => {
    const plaza = await aRetailer(app, { touchpoints: ['beacon'], client: { touchpoints: ['beacon'] } });
    await states({ in_person: false, email: true });
    const access = await consentToken(app, plaza, mira, { details: [{ ...marketing, touchpoints: ['beacon'] }] });
    const answer = async (channel: string) =>
      access.fetch('GET', `/v1/contact-permission?channel=${channel}&topic=offers&touchpoint=beacon`);
    expect((await answer('in_person')).body).toMatchObject({ may_contact: false });
    expect(codeOf(await answer('email'))).toBe('403 outside-view');
    await expect(disclosed(app, mira.key)).resolves.toMatchObject([{ refused: null }, { refused: 'outside-view' }]);
  });

  it.each([
    ['beacon', 'in_person'],
    ['social', 'social'],
  ] as const)('is a yes or a no and nothing beside it at the touchpoint %s', async (touchpoint, channel) => {
    const plaza = await aRetailer(app, { touchpoints: [touchpoint], client: { touchpoints: [touchpoint] } });
    await states({ [channel]: true, topics: ['events'], max_per_week: 3 });
    const access = await consentToken(app, plaza, mira, { details: [{ ...marketing, touchpoints: [touchpoint] }] });
    for (const topic of ['events', 'offers']) {
      const query = `channel=${channel}&topic=${topic}&touchpoint=${touchpoint}`;
      const { status, body } = await access.fetch('GET', `/v1/contact-permission?${query}`);
      expect([status, body.may_contact, body.max_per_week, body.remaining]).toEqual([200, true, null, null]);
    }
  });

  it('is a no, and recorded all the same, when nothing is stated', async () => {
    const { body } = await asks(await allows());
    expect(body).toMatchObject({ may_contact: false, max_per_week: null, remaining: null });
    await expect(disclosed(app, mira.key)).resolves.toMatchObject([{ attributes: ['contact.marketing'] }]);
  });

  it('is answered to the client’s own token by subject, in the same way', async () => {
    await states({ email: true, max_per_week: 2 });
    const access = await allows();
    const office = await retailerToken(app, grocer, { scope: 'preferences.read' });
    const [own, byToken] = [await asks(office, `&subject=${access.subject}`), await asks(access)];
    expect(wordsOf(own)).toEqual(wordsOf(byToken));
    expect(codeOf(await asks(office, '&subject=p1unknownunknownunknownA'))).toBe('403 no-consent');
    expect((await asks(office)).body.errors).toMatchObject([{ pointer: 'query/subject' }]);
    expect((await asks(access, `&subject=${access.subject}`)).body.errors).toMatchObject([
      { pointer: 'query/subject' },
    ]);
  });

  it('is refused with what is wrong with the question, and then recorded nowhere', async () => {
    const access = await allows();
    const pointers = async (query: string) => {
      const { status, body } = await access.fetch('GET', `/v1/contact-permission?${query}`);
      return [status, ...body.errors.map(({ pointer }: { pointer: string }) => pointer)];
    };
    await expect(pointers('topic=offers')).resolves.toEqual([400, 'query/channel']);
    await expect(pointers('channel=email&topic=weather')).resolves.toEqual([400, 'query/topic']);
    await expect(pointers('channel=sms&topic=offers')).resolves.toEqual([400, 'query/touchpoint']);
    const purpose = 'channel=email&topic=offers&purpose=dpv:CustomerCare';
    await expect(pointers(purpose)).resolves.toEqual([400, 'query/purpose']);
    await expect(disclosed(app, mira.key)).resolves.toEqual([]);
  });

  it('takes a consent for direct marketing at that touchpoint, and is refused and recorded without', async () => {
    await states({ email: true });
    const other = await allows(tailor, { purposes: ['dpv:CustomerCare'] });
    const answer = await asks(other);
    expect([codeOf(answer), answer.body.outside]).toMatchObject([
      '403 outside-consent',
      { purpose: 'dpv:DirectMarketing' },
    ]);
    const access = await allows(grocer, { touchpoints: ['till'] });
    expect(codeOf(await asks(access))).toBe('403 outside-consent');
    await expect(disclosed(app, mira.key)).resolves.toMatchObject([
      { refused: 'outside-consent', attributes: ['contact.marketing'] },
      { refused: 'outside-consent', touchpoint: 'email' },
    ]);
  });

  it('takes a touchpoint that can honour it', async () => {
    const quiet = await aRetailer(app, { menu: { email: [] } });
    expect(codeOf(await asks(await allows(quiet)))).toBe('403 outside-view');
  });

  it('is refused while the consent is paused, once it is withdrawn, and while the retailer is suspended', async () => {
    const shop = await aRetailer(app);
    const access = await allows(shop);
    const command = (name: string) => mira.api.post(`/v1/me/consents/${access.consentId}/${name}`).send({}).expect(200);
    await command('pause');
    expect(codeOf(await asks(access))).toBe('403 consent-paused');
    await command('withdraw');
    expect(codeOf(await asks(access))).toBe('401 invalid-token');
    await suspendRetailer(app, shop);
    expect(codeOf(await asks(access))).toBe('403 retailer-suspended');
  });

  it('counts as a read of the day', async () => {
    await allows();
    const access = await allows();
    await app.db.query('update consents set max_reads_per_day = 1 where customer_id = $1', [mira.customerId]);
    expect((await asks(access)).status).toBe(200);
    expect(codeOf(await asks(access))).toBe('429 daily-reads-spent');
  });

  it('is a no during quiet hours, until they end', async () => {
    const hour = (ms: number) => new Date(Date.now() + ms).toISOString().slice(11, 16);
    const time = { time_zone: 'Etc/UTC', from: hour(-HOUR_MS), to: hour(2 * HOUR_MS) };
    await states({ email: true });
    await states({ email: false }, { context: { time } });
    const { body } = await asks(await allows());
    expect(body.may_contact).toBe(false);
    expect(body.valid_until.slice(11, 16)).toBe(time.to);
    expect(Date.parse(body.valid_until) - Date.parse(body.at)).toBeLessThanOrEqual(2 * HOUR_MS);
  });
});

describe('how often a customer is contacted', () => {
  it('is counted over seven days, and the retailer knows what is left of what they take from it', async () => {
    await states({ email: true, max_per_week: 3 });
    const access = await allows();
    const left = async () => {
      const { body } = await asks(access);
      return [body.may_contact, body.max_per_week, body.remaining];
    };
    await contacts(access, [8, 7.01]);
    await expect(left()).resolves.toEqual([true, 3, 3]);
    await contacts(access, [6.9, 1]);
    await expect(left()).resolves.toEqual([true, 3, 1]);
    const [event] = await contacts(access, [0]);
    await expect(left()).resolves.toEqual([false, 3, 0]);
    await report(access, [event]);
    await expect(left()).resolves.toEqual([false, 3, 0]);
  });

  it('says when its own count becomes less by itself', async () => {
    await states({ email: true, max_per_week: 1 });
    const access = await allows();
    const [first] = await contacts(access, [5]);
    const { body } = await asks(access);
    expect(body.valid_until).toBe(new Date(Date.parse(first?.['time'] as string) + 7 * DAY_MS).toISOString());
  });

  it('does not count what was taken back, nor what customers came upon themselves', async () => {
    await states({ email: true, max_per_week: 2 });
    const access = await allows();
    const [sent] = await contacts(access, [1]);
    await contacts(access, [1, 2], { ccxtouchpoint: 'web', data: { campaign: 'spring-26' } });
    await contacts(access, [1], { ccxtouchpoint: 'till', data: { campaign: 'spring-26' } });
    expect((await asks(access)).body).toMatchObject({ may_contact: false, remaining: 0 });
    await report(access, [aVoid(sent!)]);
    expect((await asks(access)).body).toMatchObject({ may_contact: true, remaining: 1 });
  });

  it('is limited for one retailer by what is stated for it', async () => {
    await states({ email: true, max_per_week: 5 });
    await states({ max_per_week: 1 }, only(grocer));
    const [strict, other] = [await allows(grocer), await allows(tailor)];
    await contacts(strict, [1]);
    expect((await asks(strict)).body).toMatchObject({ may_contact: false, max_per_week: 1, remaining: 0 });
    expect((await asks(other)).body).toMatchObject({ may_contact: true, max_per_week: 5, remaining: 5 });
  });
});

describe('what all retailers together may do', () => {
  it('is not exceeded by any of them', async () => {
    await states({ email: true, max_per_week: 2 });
    const [one, other] = [await allows(grocer), await allows(tailor)];
    await contacts(other, [1]);
    expect((await asks(one)).body).toMatchObject({ may_contact: true, remaining: 2 });
    await contacts(one, [1]);
    expect((await asks(one)).body).toMatchObject({ may_contact: false, remaining: 1 });
    expect((await asks(other)).body).toMatchObject({ may_contact: false, remaining: 1 });
  });

  it('shows as a plain no: the answer differs in nothing else from one that the customer states', async () => {
    const access = await allows();
    await contacts(access, [3]);
    await states({ email: false, max_per_week: 2 });
    const plain = await asks(access);
    const later = await asks(access);

    const [preference] = (await mira.api.get('/v1/me/preferences').expect(200)).body.items;
    const { headers } = await mira.api.get(`/v1/me/preferences/${preference.id}`).expect(200);
    const yes = { value: { email: true, max_per_week: 2 }, strength: 'must', applies_to: { level: 'everyone' } };
    const revision = mira.api.put(`/v1/me/preferences/${preference.id}`).set('if-match', headers['etag'] ?? '');
    await revision.send(yes).expect(200);
    const allowed = await asks(access);
    await contacts(await allows(tailor), [0, 2, 6]);
    const capped = await asks(access);

    expect(plain.body.may_contact).toBe(false);
    expect(wordsOf(capped)).toEqual(wordsOf(plain));
    expect(wordsOf(capped)).toEqual(wordsOf(later));
    expect({ ...wordsOf(capped), said: { ...capped.body, at: 0, disclosure_id: 0, may_contact: true } }).toEqual({
      ...wordsOf(allowed),
      said: { ...allowed.body, at: 0, disclosure_id: 0 },
    });
    const read = await access.fetch('GET', '/v1/preferences?touchpoint=email&purpose=dpv:DirectMarketing');
    expect(Date.parse(read.body.valid_until)).toBeGreaterThanOrEqual(Date.parse(capped.body.valid_until));
  });

  it('does not count for a retailer that the customer has excepted', async () => {
    await states({ email: true, max_per_week: 1 });
    await states({ email: true, max_per_week: 10 }, { ...only(grocer), override: true });
    const [excepted, other] = [await allows(grocer), await allows(tailor)];
    await contacts(other, [1, 2]);
    expect((await asks(excepted)).body).toMatchObject({ may_contact: true, max_per_week: 10, remaining: 10 });
    expect((await asks(other)).body).toMatchObject({ may_contact: false, max_per_week: 1, remaining: 0 });
  });
});
