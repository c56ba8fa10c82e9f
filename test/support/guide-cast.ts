import { aCustomer, type TestCustomer } from './actors.js';
import type { TestApp } from './app.js';
import { type TestCaller, withToken } from './callers.js';
import { aSpecialConsent } from './consents.js';
import { type Exchange, filledIn, type Known } from './guide.js';
import { consentToken, type RetailerAccess, retailerToken } from './oauth.js';
import { aClient, aRetailer, type TestRetailer } from './retailers.js';
import { arrive } from './switches.js';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The people and shops of the guide's introduction, afresh for one example. */
export interface Cast {
  /** What the placeholders of the introduction stand for. */
  readonly known: Known;
  /** Sends a request as it is printed. */
  send(exchange: Exchange): Promise<Answered>;
}

const scope = 'preferences.read';
const service = 'dpv:ServicePersonalisation';

const serving = {
  type: 'ccx_preferences',
  attributes: ['fulfilment', 'language', 'receipt', 'returns'],
  purposes: [service],
  touchpoints: ['till', 'web', 'call_centre', 'pickup'],
};
const advertising = {
  type: 'ccx_preferences',
  attributes: ['contact.marketing'],
  purposes: ['dpv:DirectMarketing'],
  touchpoints: ['email', 'app', 'call_centre'],
};
const allergens = {
  type: 'ccx_preferences_special',
  attributes: ['food.allergen'],
  purposes: ['dpv:DeliveryOfGoods'],
  touchpoints: ['web', 'pickup'],
};
const sizes = {
  type: 'ccx_preferences',
  attributes: ['size'],
  purposes: [service],
  touchpoints: ['web', 'dressing_room'],
};

export async function aCast(app: TestApp): Promise<Cast> {
  const you = await aCustomer(app, { display_name: 'Ada' });
  const anna = await aCustomer(app, { display_name: 'Anna' });
  const [grocer, cobbler, juniper] = await Promise.all([
    thistleMarket(app),
    cobblerAndDaughter(app),
    juniperStores(app),
  ]);

  const ofGrocer = await consentToken(app, grocer, you, { details: [serving, advertising], scope });
  await aSpecialConsent(app, { customer: you, retailer: grocer, details: [allergens] });
  const ofCobbler = await consentToken(app, cobbler, you, { details: [sizes], scope });
  const tills = await aClient(app, grocer.id, { touchpoints: ['till'] });
  const shops: Shops = {
    grocer: () => Promise.resolve(ofGrocer),
    cobbler: () => Promise.resolve(ofCobbler),
    till: () => retailerToken(app, { client: tills }, { scope }),
    juniper: () => arrive(app, { customer: you, tern: juniper }, { details: [serving], scope }),
  };

  const ids = {
    grocer_id: grocer.id,
    grocer_consent: ofGrocer.consentId,
    cobbler_id: cobbler.id,
    juniper_id: juniper.id,
  };
  const known: Known = new Map(Object.entries({ ...ids, ...instants(app) }));
  return { known, send: (exchange) => send(app, exchange, { known, people: { you, anna }, shops }) };
}

function thistleMarket(app: TestApp): Promise<TestRetailer> {
  const touchpoints = ['till', 'web', 'app', 'call_centre', 'pickup', 'email'] as const;
  return aRetailer(app, { name: 'Thistle Market', touchpoints, menu: null });
}

function cobblerAndDaughter(app: TestApp): Promise<TestRetailer> {
  const shoes = (does: string) => [{ attribute: 'size.footwear', does: { en: does } }];
  const menu = {
    web: shoes('We show you what we have in your size.'),
    dressing_room: shoes('We bring your size without asking.'),
  };
  const touchpoints = ['web', 'dressing_room'] as const;
  return aRetailer(app, { name: 'Cobbler & Daughter', sectors: ['footwear'], touchpoints, menu });
}

function juniperStores(app: TestApp): Promise<TestRetailer> {
  const client = {
    initiateLoginUri: 'https://juniper.example/login',
    redirectUris: ['https://juniper.example/callback'],
  };
  return aRetailer(app, { name: 'Juniper Stores', menu: null, client });
}

const DAY_MS = 86_400_000;

function instants(app: TestApp): Record<string, string> {
  const after = (days: number) => new Date(app.clock.now().getTime() + days * DAY_MS).toISOString();
  return { in_a_month: after(30), in_half_a_year: after(182), in_seven_months: after(212) };
}

type Shops = Readonly<Record<string, () => Promise<RetailerAccess>>>;

interface Voices {
  readonly known: Known;
  readonly people: Readonly<Record<string, TestCustomer>>;
  readonly shops: Shops;
}

async function send(app: TestApp, exchange: Exchange, { known, people, shops }: Voices): Promise<Answered> {
  const fill = (text: string) => filledIn(text, known);
  const { Authorization: authorization = '', Date: sent, ...printed } = exchange.headers;
  if (sent) app.clock.set(new Date(fill(sent)));
  const path = fill(exchange.path);
  const headers = Object.fromEntries(Object.entries(printed).map(([name, value]) => [name, fill(value)]));
  const body = exchange.body === undefined ? undefined : { text: fill(exchange.body), contentType: 'application/json' };
  const [, scheme, name = ''] = /^(Bearer|DPoP) \{([a-z_]+)\}$/.exec(authorization) ?? [];
  const shop = scheme === 'DPoP' && shops[name];
  if (shop) return (await shop()).fetch(exchange.method, path, body && JSON.parse(body.text), headers);
  const person = scheme === 'Bearer' && people[name];
  if (person) return (await signedIn(app, person)).call(exchange.method, path, body, headers);
  throw new Error(`Line ${exchange.line}: nobody is “${authorization}”.`);
}

/** Whoever has just signed in: the day may be another one than that of their last request. */
async function signedIn(app: TestApp, { email, password }: TestCustomer): Promise<TestCaller> {
  const { body } = await app.http.post('/v1/sessions').send({ email, password }).expect(201);
  return withToken(app, body.token);
}
