import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { disclosed, whileDisclosuresWait } from './support/disclosed.js';
import {
  type ConsentAccess,
  consentToken,
  dpopFetch,
  dpopProof,
  type JsonAnswer,
  retailerToken,
} from './support/oauth.js';
import { untilWaiting } from './support/race.js';
import { audited } from './support/records.js';
import { aRetailer, reinstateRetailer, suspendRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
  grocer = await aRetailer(app);
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const shoes = { attribute: 'size.footwear', value: { system: 'EUROPE', size: '42.5' }, strength: 'want', weight: 60 };
const told = { attribute: 'size.footwear', key: 'EUROPE', value: shoes.value, strength: 'want', weight: 60 };
const paper = { attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'must' };
const peanuts = { attribute: 'food.allergen', value: { code: 'AP' }, strength: 'never' };
const price = { attribute: 'price.sensitivity', value: { style: 'best_value' }, strength: 'want' };

const personal = { type: 'ccx_preferences', purposes: ['dpv:ServicePersonalisation'] };
const service = { type: 'ccx_preferences', purposes: ['dpv:ServiceProvision'] };

async function states(...preferences: object[]): Promise<{ id: string; etag: string }[]> {
  const answers = [];
  for (const preference of preferences) {
    const { body, headers } = await mira.api.post('/v1/me/preferences').send(preference).expect(201);
    answers.push({ id: body.id as string, etag: headers['etag'] as string });
  }
  return answers;
}

const allows = (...details: object[]) => consentToken(app, grocer, mira, details.length > 0 ? { details } : {});
const read = (access: ConsentAccess, query = 'touchpoint=till', headers = {}) =>
  access.fetch('GET', `/v1/preferences?${query}`, undefined, headers);
const withdraw = (access: ConsentAccess) => mira.api.post(`/v1/me/consents/${access.consentId}/withdraw`).send({});
const change = (access: ConsentAccess, assignment: string) =>
  app.db.query(`update consents set ${assignment} where bucket = $1 and customer_id = $2 and id = $3`, [
    mira.key.bucket,
    mira.customerId,
    access.consentId,
  ]);

const attributesOf = ({ body }: JsonAnswer) =>
  (body.preferences as { attribute: string }[]).map(({ attribute }) => attribute);

/** The status and the code of a problem: `401 invalid-token`. */
function refusalOf({ status, body }: JsonAnswer): string {
  return `${status} ${String(body.type).replace(`${app.url}/problems/`, '')}`;
}

describe('reading preferences', () => {
  it('answers what the customer stated, under which consent, for how long, and as which disclosure', async () => {
    await states(shoes);
    const access = await allows();
    const before = Date.now();
    const { status, body, headers } = await read(access, 'touchpoint=till&stage=shopping');

    const [disclosure] = await disclosed(app, mira.key);
    expect(status).toBe(200);
    expect(body).toEqual({
      subject: access.subject,
      consent: { id: access.consentId, version: 1, status: 'active', expires_at: expect.any(String) },
      purpose: 'dpv:ServicePersonalisation',
      touchpoint: 'till',
      stage: 'shopping',
      at: disclosure?.checkedAt.toISOString(),
      valid_until: body.consent.expires_at,
      vocabulary: '1.2.0',
      preferences: [told],
      disclosure_id: disclosure?.id,
    });
    expect(Date.parse(body.at)).toBeGreaterThanOrEqual(before - 1);
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect(headers.get('etag')).toMatch(/^"[\w-]{22}"$/);
  });

  it('answers an empty list when nothing is stated', async () => {
    expect((await read(await allows())).body.preferences).toEqual([]);
  });

  it('tells a till and a call centre apart', async () => {
    await states(shoes, paper);
    const access = await allows(
      { ...personal, attributes: ['size'], touchpoints: ['call_centre'] },
      { ...personal, attributes: ['receipt.delivery'], touchpoints: ['till'] },
    );
    expect(attributesOf(await read(access))).toEqual(['receipt.delivery']);
    expect(attributesOf(await read(access, 'touchpoint=call_centre'))).toEqual(['size.footwear']);
  });

  it('never combines lines: what one gives for a purpose, another one’s touchpoint does not extend', async () => {
    await states(shoes, paper);
    const access = await allows(
      { ...personal, attributes: ['size.footwear'], touchpoints: ['web'] },
      { ...service, attributes: ['receipt.delivery'], touchpoints: ['till'] },
    );
    const answer = await read(access, 'touchpoint=till&purpose=dpv:ServicePersonalisation');
    expect(refusalOf(answer)).toBe('403 outside-consent');
  });

  it('takes the only purpose and the only touchpoint as read, and asks where there are several', async () => {
    await states(shoes);
    const one = await allows({ ...personal, attributes: ['size'], touchpoints: ['till'], stages: ['shopping'] });
    expect((await read(one, '')).body).toMatchObject({
      purpose: 'dpv:ServicePersonalisation',
      touchpoint: 'till',
      stage: 'shopping',
    });

    const many = await allows({ ...service, attributes: ['size'], touchpoints: ['till', 'web'] });
    const answer = await read(many, '');
    expect(refusalOf(answer)).toBe('400 invalid-request');
    expect(answer.body.errors).toEqual([
      { pointer: 'query/purpose', detail: expect.any(String) },
      { pointer: 'query/touchpoint', detail: expect.any(String) },
    ]);
    expect(await disclosed(app, mira.key)).toHaveLength(1);
  });

  it('cuts the answer to what is named; of a category, to what is shared', async () => {
    await states(shoes, paper);
    const access = await allows({ ...personal, attributes: ['size.footwear', 'receipt'], touchpoints: ['till'] });
    expect(attributesOf(await read(access, 'attributes=receipt.delivery'))).toEqual(['receipt.delivery']);
    expect(attributesOf(await read(access, 'attributes=size'))).toEqual(['size.footwear']);
    expect(attributesOf(await read(access, 'attributes=size.footwear,receipt'))).toHaveLength(2);
    expect(attributesOf(await read(access, 'attributes=size.footwear&attributes=receipt'))).toHaveLength(2);
  });

  it('answers what holds for this retailer, here and now, and until when', async () => {
    const quiet = { time: { time_zone: 'UTC', from: '00:00', to: '24:00', days: ['sat', 'sun'] } };
    const calls = (value: object, more = {}) => ({ attribute: 'contact.service', value, strength: 'must', ...more });
    await states(
      calls({ phone: true }),
      calls({ email: false }, { applies_to: { level: 'sector', sector: 'grocery' } }),
      calls({ sms: false }, { context: { touchpoint: ['web'] } }),
      calls({ post: false }, { applies_to: { level: 'sector', sector: 'fashion' } }),
      calls({ push: false }, { context: quiet }),
    );
    const access = await allows({ ...personal, attributes: ['contact'], touchpoints: ['till', 'web'] });
    const till = await read(access);
    expect(till.body.preferences[0].value).toMatchObject({ phone: true, email: false });
    expect(till.body.preferences[0].value).not.toHaveProperty('sms');
    expect(till.body.preferences[0].value).not.toHaveProperty('post');
    expect((await read(access, 'touchpoint=web')).body.preferences[0].value).toMatchObject({ sms: false });
    const flip = new Date(till.body.valid_until);
    expect(flip.getTime() - Date.parse(till.body.at)).toBeLessThanOrEqual(6 * 86_400_000);
    expect([6, 1]).toContain(flip.getUTCDay());
  });

  it('never tells of special attributes nor of what no retailer sees, whatever else is consented', async () => {
    await states(shoes, peanuts, price);
    const access = await allows();
    expect(attributesOf(await read(access))).toEqual(['size.footwear']);
    for (const secret of ['food.allergen', 'price.sensitivity']) {
      expect(refusalOf(await read(access, `touchpoint=till&attributes=${secret}`))).toBe('403 outside-consent');
    }
  });

  it('lets a one-time consent be read again and again with its token', async () => {
    await states(shoes);
    const details = [{ ...personal, attributes: ['size'], touchpoints: ['till'] }];
    const access = await consentToken(app, grocer, mira, { details, use: 'once' });
    for (let reads = 0; reads < 3; reads++) expect(attributesOf(await read(access))).toEqual(['size.footwear']);
    expect(await disclosed(app, mira.key)).toHaveLength(3);
  });
});

describe('reading outside of the consent', () => {
  it('names what is not consented, and is recorded as refused', async () => {
    await states(shoes, paper);
    const access = await allows();
    const answer = await read(access, 'touchpoint=till&attributes=size.footwear,receipt.delivery');
    expect(refusalOf(answer)).toBe('403 outside-consent');
    expect(answer.body.outside).toEqual({ attributes: ['receipt.delivery'] });
    expect(JSON.stringify(answer.body)).not.toContain('"42.5"');

    expect(await disclosed(app, mira.key)).toMatchObject([
      { refused: 'outside-consent', attributes: ['size.footwear', 'receipt.delivery'], touchpoint: 'till' },
    ]);
    const [row] = await disclosed(app, mira.key);
    const entry = (await audited(app, mira.key)).find(({ type }) => type === 'disclosure.refused');
    expect(entry).toMatchObject({
      actor: { kind: 'retailer', id: grocer.id, client: grocer.client.id },
      retailer_id: grocer.id,
      consent: { id: access.consentId, version: 1 },
      attributes: ['size.footwear', 'receipt.delivery'],
      data: { reason: 'outside-consent', size: 1, root: row?.root },
    });
  });

  it('names the touchpoint, the purpose and the stage that no line has', async () => {
    const access = await allows({ ...personal, attributes: ['size'], touchpoints: ['till'], stages: ['shopping'] });
    const kiosk = await read(access, 'touchpoint=kiosk');
    expect(refusalOf(kiosk)).toBe('403 outside-consent');
    expect(kiosk.body.outside).toEqual({ touchpoint: 'kiosk' });
    const other = await read(access, 'touchpoint=till&purpose=dpv:DeliveryOfGoods&stage=exploring');
    expect(other.body.outside).toEqual({ purpose: 'dpv:DeliveryOfGoods', stage: 'exploring' });
  });

  it('is also what a client does that asks for a touchpoint it does not serve', async () => {
    await states(shoes);
    const access = await allows();
    await app.db.query(`update clients set touchpoints = '{web}' where id = $1`, [grocer.client.id]);
    try {
      const answer = await read(access, 'touchpoint=till');
      expect(refusalOf(answer)).toBe('403 outside-consent');
      expect(answer.body.outside).toEqual({ touchpoint: 'till' });
      expect((await read(access, 'touchpoint=web')).status).toBe(200);
    } finally {
      await app.db.query(
        'update clients c set touchpoints = r.touchpoints from retailers r where r.id = c.retailer_id',
      );
    }
  });

  it('is not what a misspelt question is: that is answered with what is wrong, and recorded nowhere', async () => {
    const access = await allows();
    for (const [query, pointer] of [
      ['attributes=size.hat', 'query/attributes'],
      ['touchpoint=moon', 'query/touchpoint'],
      ['purpose=fun', 'query/purpose'],
      ['stage=sleeping', 'query/stage'],
      ['country=Germany', 'query/country'],
      ['colour=red', 'query/colour'],
    ]) {
      const answer = await read(access, `${query}&store=1`);
      expect(refusalOf(answer)).toBe('400 invalid-request');
      expect(answer.body.errors[0].pointer).toBe(pointer);
    }
    expect(await disclosed(app, mira.key)).toEqual([]);
  });
});

describe('a consent that has changed', () => {
  it('ends with its withdrawal: the very next read is refused', async () => {
    await states(shoes);
    const access = await allows();
    expect((await read(access)).status).toBe(200);
    await withdraw(access).expect(200);

    const answer = await read(access);
    expect(refusalOf(answer)).toBe('401 invalid-token');
    expect(answer.headers.get('www-authenticate')).toContain('DPoP realm="ccx", error="invalid_token"');
    expect(JSON.stringify(answer.body)).not.toContain('"42.5"');
    expect((await disclosed(app, mira.key)).map(({ refused }) => refused)).toEqual([null, 'invalid-token']);
  });

  it('holds for every read that is checked before the withdrawal commits, and for none after', async () => {
    await states(shoes);
    const access = await allows();
    const holder = await app.db.connect();
    await holder.query('begin');
    await holder.query('select 1 from consent_clients where consent_id = $1 for update', [access.consentId]);
    const withdrawn = withdraw(access).then(({ status }) => status);
    await untilWaiting(app.db, 1); // the withdrawal is written and not committed
    expect((await read(access)).status).toBe(200);
    await holder.query('commit');
    holder.release();

    expect(await withdrawn).toBe(200);
    expect(refusalOf(await read(access))).toBe('401 invalid-token');
    expect((await disclosed(app, mira.key))[0]).toMatchObject({ consent: { version: 1 }, refused: null });
  });

  it('lets an answer leave that was checked before the withdrawal, under the version that it found', async () => {
    await states(shoes);
    const access = await allows();
    const late = await whileDisclosuresWait(app, async () => {
      const answer = read(access);
      await untilWaiting(app.db, 1); // it is checked, and not recorded
      await withdraw(access).expect(200);
      return { answer };
    });
    const { status, body } = await late.answer;
    expect(status).toBe(200);
    const [row] = await disclosed(app, mira.key);
    const { rows } = await app.db.query<{ ended_at: Date }>('select ended_at from consents where id = $1', [
      access.consentId,
    ]);
    expect(row).toMatchObject({ id: body.disclosure_id, consent: { version: 1 } });
    expect(row!.checkedAt.getTime()).toBeLessThanOrEqual(rows[0]!.ended_at.getTime());
    expect(refusalOf(await read(access))).toBe('401 invalid-token');
  });

  it('is refused with 403 while it is paused, and read again once it is resumed', async () => {
    const access = await allows();
    await change(access, `status = 'paused', version = version + 1`);
    expect(refusalOf(await read(access))).toBe('403 consent-paused');
    await change(access, `status = 'active', version = version + 1`);
    expect((await read(access)).body.consent).toMatchObject({ version: 3, status: 'active' });
    expect((await disclosed(app, mira.key)).map(({ refused }) => refused)).toEqual(['consent-paused', null]);
  });

  it.each([
    ['has expired', `expires_at = now() - interval '1 second'`],
    ['is recorded as expired', `status = 'expired'`],
  ])('is refused with 401 when it %s', async (_, assignment) => {
    const access = await allows();
    await change(access, assignment);
    expect(refusalOf(await read(access))).toBe('401 invalid-token');
  });

  it('is refused with 401 once the client’s tokens are revoked, and holds for new ones', async () => {
    const access = await allows();
    await app.db.query('update consent_clients set token_epoch = token_epoch + 1 where consent_id = $1', [
      access.consentId,
    ]);
    expect(refusalOf(await read(access))).toBe('401 invalid-token');
    expect((await read(await allows())).status).toBe(200);
  });

  it('is refused with 401 when the customer is erased', async () => {
    const access = await allows();
    await app.db.query('delete from subject_keys where customer_id = $1', [mira.customerId]);
    expect(refusalOf(await read(access))).toBe('401 invalid-token');
    expect(await disclosed(app, mira.key)).toEqual([]);
  });

  it('gives no more than is left of it after it was amended', async () => {
    await states(shoes);
    const access = await allows();
    await change(access, `version = 2, details = jsonb_set(details, '{0,touchpoints}', '["web"]')`);
    expect(refusalOf(await read(access))).toBe('403 outside-consent');
    expect((await read(access, 'touchpoint=web')).body.consent.version).toBe(2);
  });

  it('allows so many reads a day, where the customer said so', async () => {
    const access = await allows();
    await change(access, 'max_reads_per_day = 2');
    expect((await read(access)).status).toBe(200);
    expect((await read(access)).status).toBe(200);
    const third = await read(access);
    expect(refusalOf(third)).toBe('429 daily-reads-spent');
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    await change(access, `reads_day = reads_day - 1`);
    expect((await read(access)).status).toBe(200);
  });
});

describe('a reader that is not active', () => {
  it('is refused with 403 while the retailer is suspended', async () => {
    const access = await allows();
    await suspendRetailer(app, grocer);
    try {
      expect(refusalOf(await read(access))).toBe('403 retailer-suspended');
    } finally {
      await reinstateRetailer(app, grocer);
    }
    expect((await read(access)).status).toBe(200);
    expect((await disclosed(app, mira.key)).map(({ refused }) => refused)).toEqual(['retailer-suspended', null]);
  });

  it('is refused with 403 while its client is suspended', async () => {
    const access = await allows();
    await app.db.query(`update clients set status = 'suspended' where id = $1`, [grocer.client.id]);
    try {
      expect(refusalOf(await read(access))).toBe('403 retailer-suspended');
    } finally {
      await app.db.query(`update clients set status = 'active' where id = $1`, [grocer.client.id]);
    }
  });

  it('is refused without a token of a consent, and without the scope', async () => {
    const own = await retailerToken(app, grocer);
    expect(refusalOf(await own.fetch('GET', '/v1/preferences'))).toBe('403 insufficient-scope');
    const access = await consentToken(app, grocer, mira, { scope: 'consents.read' });
    expect(refusalOf(await read(access))).toBe('403 insufficient-scope');
  });
});

describe('an answer that the retailer holds already', () => {
  it('is said to be unchanged, which is a disclosure, too', async () => {
    await states(shoes);
    const access = await allows();
    const first = await read(access);
    const etag = first.headers.get('etag')!;
    const again = await read(access, 'touchpoint=till', { 'if-none-match': etag });
    expect({ status: again.status, body: again.body }).toEqual({ status: 304, body: '' });
    expect(again.headers.get('etag')).toBe(etag);
    expect(again.headers.get('cache-control')).toBe('private, no-cache');
    expect(await disclosed(app, mira.key)).toMatchObject([
      { unchanged: false, attributes: ['size.footwear'] },
      { unchanged: true, attributes: ['size.footwear'] },
    ]);
  });

  it('is told anew once a preference changes', async () => {
    const [{ id, etag: version } = { id: '', etag: '' }] = await states(shoes);
    const access = await allows();
    const etag = (await read(access)).headers.get('etag')!;
    const { attribute: _, ...revised } = {
      ...shoes,
      value: { system: 'EUROPE', size: '43' },
      applies_to: { level: 'everyone' },
    };
    await mira.api.put(`/v1/me/preferences/${id}`).set('if-match', version).send(revised).expect(200);
    const { status, body, headers } = await read(access, 'touchpoint=till', { 'if-none-match': etag });
    expect(status).toBe(200);
    expect(body.preferences[0].value.size).toBe('43');
    expect(headers.get('etag')).not.toBe(etag);
  });

  it('is another one elsewhere, and for another question', async () => {
    await states(shoes);
    const access = await allows();
    const queries = [
      'touchpoint=till',
      'touchpoint=web',
      'touchpoint=till&stage=shopping',
      'touchpoint=till&country=DE',
    ];
    const etags = await Promise.all(queries.map(async (query) => (await read(access, query)).headers.get('etag')));
    expect(new Set(etags).size).toBe(queries.length);
  });

  it('is not even confirmed once the consent is withdrawn', async () => {
    const access = await allows();
    const etag = (await read(access)).headers.get('etag')!;
    await withdraw(access).expect(200);
    expect(refusalOf(await read(access, 'touchpoint=till', { 'if-none-match': etag }))).toBe('401 invalid-token');
  });
});

describe('a proof of possession', () => {
  const proofOf = (access: ConsentAccess) =>
    dpopProof(access.key, { htm: 'GET', htu: `${app.url}/v1/preferences`, token: access.accessToken });
  const readWith = (access: ConsentAccess, proof: string, query = 'touchpoint=till') =>
    dpopFetch(app, access, 'GET', `/v1/preferences?${query}`, { proof });

  it('is good for one read: used again there is no answer and no disclosure', async () => {
    await states(shoes);
    const access = await allows();
    const proof = await proofOf(access);
    expect((await readWith(access, proof)).status).toBe(200);
    const again = await readWith(access, proof);
    expect(refusalOf(again)).toBe('401 invalid-dpop-proof');
    expect(await disclosed(app, mira.key)).toHaveLength(1);
  });

  it('is good for one of many reads at once', async () => {
    const access = await allows();
    const proof = await proofOf(access);
    const answers = await Promise.all(Array.from({ length: 20 }, () => readWith(access, proof)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
    expect(await disclosed(app, mira.key)).toHaveLength(1);
  });

  it('is spent by a refused read, too', async () => {
    const access = await allows();
    const proof = await proofOf(access);
    expect(refusalOf(await readWith(access, proof, 'touchpoint=kiosk'))).toBe('403 outside-consent');
    expect(refusalOf(await readWith(access, proof, 'touchpoint=kiosk'))).toBe('401 invalid-dpop-proof');
    expect(await disclosed(app, mira.key)).toHaveLength(1);
  });
});
