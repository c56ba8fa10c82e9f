import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { leavesOf } from './support/contents.js';
import { consentToken } from './support/oauth.js';
import { race } from './support/race.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const quiet = { advertising: 'never', help: 'left_alone', receipt: 'app' };

const apply = async (id: string, body: object, status = 200) =>
  (await mira.api.post(`/v1/me/presets/${id}`).send(body).expect(status)).body;
const stated = async () =>
  (await mira.api.get('/v1/me/preferences?limit=200').expect(200)).body.items as Record<string, unknown>[];
const outcomes = ({ statements }: { statements: { attribute: string; key: string | null; outcome: string }[] }) =>
  Object.fromEntries(
    statements.map(({ attribute, key, outcome }) => [key ? `${attribute} ${key}` : attribute, outcome]),
  );

describe('the presets', () => {
  it('are told in the language that is asked for, English if in doubt', async () => {
    const german = await mira.api.get('/v1/me/presets').set('accept-language', 'de-AT, en;q=0.5').expect(200);
    expect(german.headers['content-language']).toBe('de');
    expect(german.headers['vary']).toMatch(/accept-language/i);
    expect(german.body.items).toContainEqual(
      expect.objectContaining({ id: 'quiet_shopper', label: 'In Ruhe einkaufen' }),
    );
    const { body, headers } = await mira.api.get('/v1/me/presets').set('accept-language', 'fr').expect(200);
    expect(headers['content-language']).toBe('en');
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([
      'first_steps',
      'quiet_shopper',
      'family_with_allergies',
      'bargain_hunter',
    ]);
  });

  it('say which of their questions are about something special', async () => {
    const { body } = await mira.api.get('/v1/me/presets').expect(200);
    const special = body.items.flatMap(({ questions }: { questions: { id: string; special: boolean }[] }) =>
      questions.filter((question) => question.special).map(({ id }) => id),
    );
    expect(special).toEqual(['allergens']);
  });
});

describe('applying a preset', () => {
  it('first shows what it would change, and changes nothing', async () => {
    const tried = await apply('quiet_shopper', { answers: quiet, dry_run: true });
    expect(tried).toMatchObject({ preset: 'quiet_shopper', dry_run: true });
    expect(outcomes(tried)).toEqual({
      'contact.marketing': 'added',
      'assistance.style': 'added',
      'receipt.delivery': 'added',
      'recommendations.personalised': 'added',
      'contact.service': 'added',
    });
    expect(tried.statements[0]).toMatchObject({ before: null, preference_id: null });
    expect(await stated()).toEqual([]);
  });

  it('then states all of it, as the customer’s own', async () => {
    const done = await apply('quiet_shopper', { answers: quiet });
    const preferences = await stated();
    expect(preferences.map(({ id }) => id).toSorted()).toEqual(
      done.statements.map(({ preference_id }: { preference_id: string }) => preference_id).toSorted(),
    );
    expect(preferences).toContainEqual(
      expect.objectContaining({
        attribute: 'receipt.delivery',
        value: { form: 'app' },
        applies_to: { level: 'everyone' },
        status: 'active',
        provenance: { kind: 'stated', source: 'preset:quiet_shopper', at: expect.any(String) },
      }),
    );
  });

  it('changes nothing when it is done again', async () => {
    await apply('quiet_shopper', { answers: quiet });
    const [before, log] = [await stated(), await leavesOf(app.db)];
    for (const replace of [false, true]) {
      const again = await apply('quiet_shopper', { answers: quiet, replace });
      expect(new Set(Object.values(outcomes(again)))).toEqual(new Set(['unchanged']));
    }
    expect(await stated()).toEqual(before);
    expect(await leavesOf(app.db)).toEqual(log);
  });

  it('keeps what the customer has stated, unless told otherwise', async () => {
    const paper = { attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'must' };
    const { body } = await mira.api.post('/v1/me/preferences').send(paper).expect(201);

    const kept = await apply('quiet_shopper', { answers: quiet });
    expect(outcomes(kept)).toMatchObject({ 'receipt.delivery': 'kept', 'assistance.style': 'added' });
    expect(kept.statements).toContainEqual({
      outcome: 'kept',
      attribute: 'receipt.delivery',
      key: null,
      special: false,
      proposed: { value: { form: 'app' }, strength: 'want' },
      before: { value: { form: 'paper' }, strength: 'must' },
      preference_id: body.id,
    });
    expect((await mira.api.get(`/v1/me/preferences/${body.id}`).expect(200)).body).toEqual(body);

    const replaced = await apply('quiet_shopper', { answers: quiet, replace: true });
    expect(outcomes(replaced)).toMatchObject({ 'receipt.delivery': 'replaced', 'assistance.style': 'unchanged' });
    const { body: now } = await mira.api.get(`/v1/me/preferences/${body.id}`).expect(200);
    expect(now).toMatchObject({ version: 2, value: { form: 'app' }, strength: 'want' });
    const { body: history } = await mira.api.get(`/v1/me/preferences/${body.id}/history`).expect(200);
    expect(history.items.map(({ change }: { change: string }) => change)).toEqual(['revised', 'recorded']);
  });

  it('leaves what is stated for one retailer or occasion as it is', async () => {
    const gift = {
      attribute: 'receipt.delivery',
      value: { form: 'paper', gift: true },
      strength: 'want',
      context: { occasion: 'gift' },
    };
    await mira.api.post('/v1/me/preferences').send(gift).expect(201);
    const done = await apply('quiet_shopper', { answers: quiet, replace: true });
    expect(outcomes(done)).toMatchObject({ 'receipt.delivery': 'added' });
    expect(await stated()).toContainEqual(expect.objectContaining(gift));
  });

  it('says of allergies that they are special, and no shop gets them by it', async () => {
    const grocer = await aRetailer(app);
    const done = await apply('family_with_allergies', {
      answers: { allergens: ['AP', 'AM'], substitution: 'ask', receipt: 'paper' },
    });
    expect(
      done.statements.map(({ attribute, key, special }: Record<string, unknown>) => [attribute, key, special]),
    ).toEqual([
      ['food.allergen', 'AP', true],
      ['food.allergen', 'AM', true],
      ['fulfilment.substitution', null, false],
      ['receipt.delivery', null, false],
    ]);
    const { body } = await mira.api.get(`/v1/me/effective?retailer_id=${grocer.id}`).expect(200);
    expect(body.sharing.attributes).toContainEqual(
      expect.objectContaining({ attribute: 'food.allergen', shared: false }),
    );
  });

  it('is recorded once when it is sent twice at the same time', async () => {
    const twice = [1, 2].map(() => () => apply('quiet_shopper', { answers: quiet }));
    const answers = await race(app.db, 'subject_keys', { customer_id: mira.customerId }, twice);
    const came = answers.map(
      (answer) => answer.status === 'fulfilled' && new Set(Object.values(outcomes(answer.value))),
    );
    expect(came).toEqual(expect.arrayContaining([new Set(['added']), new Set(['unchanged'])]));
    expect(await stated()).toHaveLength(5);
  });

  it('refuses answers that it does not know, and presets that there are not', async () => {
    const refused = await apply('quiet_shopper', { answers: { ...quiet, help: 'perhaps', shoes: 'red' } }, 400);
    expect(refused.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/answers/shoes',
      '/answers/help',
    ]);
    await apply('quiet_shopper', { answers: 'never' }, 400);
    await apply('quiet_shopper', { answers: quiet, dry_run: 'yes' }, 400);
    expect((await apply('night_owl', { answers: {} }, 404)).type).toMatch(/preset-not-found$/);
  });

  it('is refused when the profile is full', async () => {
    const items = Array.from({ length: 499 }, (_, number) => ({
      attribute: 'brand.affinity',
      value: { brand: `Brand ${number}` },
      strength: 'want',
    }));
    await mira.api.post('/v1/me/preferences/batch').send({ items }).expect(201);
    const more = items.map((item) => ({ ...item, attribute: 'category.interest', value: { name: item.value.brand } }));
    await mira.api.post('/v1/me/preferences/batch').send({ items: more }).expect(201);
    expect((await apply('quiet_shopper', { answers: quiet }, 409)).type).toMatch(/too-many-preferences$/);
    expect(await stated()).not.toContainEqual(expect.objectContaining({ attribute: 'assistance.style' }));
  });
});

describe('a new customer', () => {
  const names = ({ preferences }: { preferences: { attribute: string }[] }) =>
    preferences.map(({ attribute }) => attribute);

  it('is served as they like after three answers, at the till and on the website', async () => {
    await apply('first_steps', { answers: { language: 'de', receipt: 'email', advertising: 'weekly_email' } });

    const grocer = await aRetailer(app, { touchpoints: ['till', 'web'], menu: null });
    const access = await consentToken(app, grocer, mira, {
      details: [
        {
          type: 'ccx_preferences',
          purposes: ['dpv:ServicePersonalisation'],
          attributes: ['language', 'receipt', 'contact'],
          touchpoints: ['till', 'web'],
          stages: ['shopping'],
        },
      ],
    });
    const readAt = async (touchpoint: string) => {
      const { body, status } = await access.fetch('GET', `/v1/preferences?touchpoint=${touchpoint}&stage=shopping`);
      expect(status).toBe(200);
      return body as { preferences: { attribute: string; value: unknown }[] };
    };
    const till = await readAt('till');
    expect(names(till)).toEqual(expect.arrayContaining(['language.spoken', 'receipt.delivery']));
    expect(till.preferences).toContainEqual(
      expect.objectContaining({ attribute: 'receipt.delivery', value: { form: 'email' } }),
    );
    const web = await readAt('web');
    expect(names(web)).toEqual(['contact.marketing', 'contact.service', 'language.spoken', 'receipt.delivery']);
  });
});
