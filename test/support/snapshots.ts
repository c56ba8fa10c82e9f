import { LongJobs } from '../../src/platform/jobs/long-jobs.js';
import type { TestApp } from './app.js';
import { aCustomer, type TestCustomer } from './actors.js';
import { aConsent, type TestConsent } from './consents.js';
import { type RetailerAccess, retailerToken } from './oauth.js';
import { OfflineTill } from './offline-till.js';
import type { TestRetailer } from './retailers.js';

export const PURPOSE = 'dpv:ServicePersonalisation';

/** What a customer lets tills hold. */
export const offline = {
  type: 'ccx_preferences',
  attributes: ['language.spoken', 'receipt.delivery', 'size.footwear'],
  purposes: [PURPOSE],
  touchpoints: ['till', 'web'],
  stages: ['shopping'],
  delivery: ['live', 'offline'],
  retention: 'P1D',
};

/** The same, but only while they are served. */
export const live = { ...offline, delivery: ['live'] };

const receipt = { value: { form: 'email' }, strength: 'want' };
const language = { value: { language: 'de' }, strength: 'want' };

/** Somebody who has stated two things and lets the retailer's tills hold them. */
export async function anOfflineCustomer(
  app: TestApp,
  retailer: TestRetailer,
  { details = [offline], ...more }: { details?: readonly object[]; max_reads_per_day?: number } = {},
): Promise<TestConsent> {
  const customer = await aCustomer(app);
  await state(customer, 'receipt.delivery', receipt);
  await state(customer, 'language.spoken', language);
  return aConsent(app, { customer, retailer, details, ...more });
}

export async function state(customer: TestCustomer, attribute: string, what: object): Promise<void> {
  const { status, body } = await customer.api
    .post('/v1/me/preferences')
    .send({ attribute, applies_to: { level: 'everyone' }, ...what });
  if (status !== 201) throw new Error(`Not stated: ${JSON.stringify(body)}`);
}

export function tillsOf(app: TestApp, retailer: TestRetailer): Promise<RetailerAccess> {
  return retailerToken(app, retailer, { scope: 'preferences.read' });
}

export const asked = { touchpoint: 'till', purpose: PURPOSE };

/** A snapshot that is ready, as it is answered. */
// What an answer holds is for each test to say.
// oxlint-disable-next-line typescript/no-explicit-any
export async function aSnapshot(app: TestApp, tills: RetailerAccess, request: object = asked): Promise<any> {
  const { status, body } = await tills.fetch('POST', '/v1/snapshots', request);
  if (status !== 202) throw new Error(`Not begun: ${JSON.stringify(body)}`);
  await app.get(LongJobs).work();
  const made = await tills.fetch('GET', `/v1/snapshots/${body.id}`);
  if (made.body.job.status !== 'succeeded') throw new Error(`Not made: ${JSON.stringify(made.body)}`);
  return made.body;
}

/** All its parts, as they are fetched now. */
export async function partsOf(
  tills: RetailerAccess,
  { id, parts }: { id: string; parts: readonly string[] },
): Promise<string[]> {
  const answers = await Promise.all(
    parts.map((_, index) => tills.fetch('GET', `/v1/snapshots/${id}/parts/${index + 1}`)),
  );
  const failed = answers.find(({ status }) => status !== 200);
  if (failed) throw new Error(`Not fetched: ${JSON.stringify(failed.body)}`);
  return answers.map(({ body }) => body as string);
}

/** A till that has just loaded all parts of a snapshot. */
export async function aLoadedTill(app: TestApp, retailer: TestRetailer, request?: object) {
  const tills = await tillsOf(app, retailer);
  const snapshot = await aSnapshot(app, tills, request);
  const till = new OfflineTill(app.url, retailer.id);
  const parts = await partsOf(tills, snapshot);
  const payloads = await Promise.all(parts.map((part) => till.load(part, app.clock.now())));
  return { tills, snapshot, till, parts, payloads };
}

/** The entries of all parts. */
// oxlint-disable-next-line typescript/no-explicit-any
export function entriesIn(payloads: readonly Record<string, unknown>[]): any[] {
  return payloads.flatMap(({ entries }) => entries as object[]);
}
