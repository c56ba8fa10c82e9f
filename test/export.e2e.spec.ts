import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { Client } from 'pg';

import { PersonalData } from '../src/platform/personal-data.js';
import { EXPORT_SCHEMA_FILE } from '../src/portability/export-schema.js';
import { aCustomer, bearer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import { contentOf, exported, type Line, manifestOf, parsed, sha256Of } from './support/exports.js';
import { aLife, type Life, shops } from './support/lives.js';
import { audited } from './support/records.js';

/** A module whose records are made up, as many as a test asks for. */
const madeUp = { customerId: '', records: 0, failsAfter: Infinity, made: 0, ended: false };

@Injectable()
class MadeUpData implements OnModuleInit {
  constructor(private readonly personalData: PersonalData) {}

  onModuleInit(): void {
    this.personalData.register({
      module: 'made-up',
      tables: [],
      export: async function* (_, { customerId }) {
        if (customerId !== madeUp.customerId) return;
        try {
          for (madeUp.made = 0; madeUp.made < madeUp.records; madeUp.made++) {
            if (madeUp.made >= madeUp.failsAfter) throw new Error('the disk is gone');
            yield { kind: 'made_up', record: { text: 'x'.repeat(10_000) } };
          }
        } finally {
          madeUp.ended = true;
        }
      },
      erase: async () => undefined,
    });
  }
}

@Module({ providers: [MadeUpData] })
class MadeUpModule {}

const addFormats = (addFormatsModule as unknown as { default?: typeof addFormatsModule }).default ?? addFormatsModule;
const ajv = new Ajv2020({ allErrors: true, strict: false });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);

let app: TestApp;
let mira: Life;
beforeAll(async () => {
  app = await startApp({ modules: [MadeUpModule] });
  mira = await aLife(app, await shops(app));
});
afterAll(() => app.stop());

/** What each table becomes in an export; what becomes of it otherwise, in brackets. */
const kindsByTable: Record<string, string> = {
  acknowledgements: 'acknowledgement',
  audit_subjects: '(a key)',
  consent_clients: '(tokens; their consents are there)',
  consent_receipts: 'receipt',
  consent_refs: '(where a consent is found; it is there itself)',
  consent_requests: 'consent_request',
  consent_rules: 'consent_rule',
  consent_versions: 'consent_version',
  consents: 'consent_version',
  customer_passwords: '(a secret)',
  customers: 'account',
  delegations: 'delegation',
  disclosures: 'disclosure',
  held_delegations: 'delegation',
  imports: 'import',
  erasing_customers: 'erasure',
  dispute_refs: '(where a dispute is found; it is there itself)',
  interaction_corrections: 'interaction',
  interaction_counter_marks: '(what is still to be counted)',
  interaction_counters: 'interaction_count',
  interaction_disputes: 'dispute',
  interaction_keys: '(hashes of interactions)',
  interaction_notes: 'interaction',
  interaction_retention: 'retention',
  interaction_voids: 'interaction',
  interactions: 'interaction',
  login_identities: '(a hash of the address)',
  notices: 'notice',
  oauth_artifacts: '(tokens)',
  outbox_events: '(news of records that are there)',
  passkeys: 'passkey',
  personal_tokens: 'personal_token',
  preference_documents: 'preference',
  preference_versions: 'preference_version',
  recovery_codes: '(a secret)',
  reidentifications: 'reidentification',
  sessions: 'session',
  snapshot_entries: '(where a disclosure is listed; it is there itself)',
  subject_keys: '(keys)',
  suggestion_days: 'suggestion_day',
  suggestion_settings: 'suggestion_settings',
  suggestions: 'suggestion',
  till_codes: '(a secret, for a minute)',
};

const kindsIn = (lines: readonly Line[]) => [...new Set(lines.map(({ kind }) => kind))];
const ofKind = (lines: readonly Line[], kind: string) =>
  lines.filter((line) => line.kind === kind).map(({ record }) => record);

describe('exporting everything', () => {
  it('hands over what every table holds', async () => {
    const tables = app
      .get(PersonalData)
      .registered()
      .flatMap(({ tables: claimed }) => claimed);
    expect(tables.filter((table) => !(table in kindsByTable))).toEqual([]);

    const kinds = kindsIn((await exported(mira.customer)).lines);
    const expected = tables.map((table) => kindsByTable[table]!).filter((kind) => !kind.startsWith('('));
    expect([...new Set(expected)].filter((kind) => !kinds.includes(kind))).toEqual([]);
  });

  it('begins with what it is and goes on with statements', async () => {
    const { lines } = await exported(mira.customer);
    expect(lines[0]).toEqual({
      kind: 'header',
      record: {
        format: 'ccx-export/1',
        schema: `${app.url}/schemas/export.json`,
        kind: 'everything',
        broker: app.url,
        created_at: expect.any(String) as string,
        vocabulary: expect.any(String) as string,
      },
    });
    expect(lines[1]).toEqual({
      kind: 'statement',
      record: {
        attribute: 'size.footwear',
        value: { system: 'EUROPE', size: '39' },
        strength: 'must',
        applies_to: { level: 'everyone' },
        provenance: { kind: 'stated', source: 'customer', at: expect.any(String) as string },
      },
    });
  });

  it('says from whom the data came and who got it', async () => {
    const [information] = ofKind((await exported(mira.customer)).lines, 'information');
    const named = (list: { retailer?: { name: string }; source?: string }[]) =>
      list.map(({ retailer, source }) => retailer?.name ?? source).toSorted();
    expect(named(information!['sources'])).toEqual(['Grocer A', 'Tailor T', 'customer', 'loyalty_member']);
    expect(named(information!['recipients'])).toEqual(['Grocer A', 'Tailor T']);
    const grocer = (information!['recipients'] as { retailer: { name: string }; records: object }[]).find(
      ({ retailer }) => retailer.name === 'Grocer A',
    );
    expect(grocer?.records).toEqual({ consent_version: expect.any(Number) as number, disclosure: 1 });
    expect(information!['inferred']).toEqual({ suggestion: 1, suggestion_day: expect.any(Number) as number });
  });

  it('is recorded before it leaves', async () => {
    const { api, key } = await aCustomer(app);
    await api.get('/v1/me/export?kind=provided').expect(200);
    const entries = (await audited(app, key)).filter(({ type }) => type === 'export.made');
    expect(entries).toEqual([expect.objectContaining({ actor: { kind: 'customer' }, data: { kind: 'provided' } })]);
  });

  it('goes from page to page, however much there is', async () => {
    const customer = await aCustomer(app);
    await app.db.query(
      `insert into interactions
         select $1, $2, now() - n * interval '1 minute', gen_random_uuid(), sha256(n::text::bytea), $3, 'client-x', $4, 1,
                'transaction.completed', 'till', 'shopping', '/tills/1', n::text, null, '{}', now()
           from generate_series(1, 3500) n`,
      [customer.key.bucket, customer.customerId, randomUUID(), randomUUID()],
    );
    const most = await largestResult(async () => {
      const { lines } = await exported(customer);
      expect(new Set(ofKind(lines, 'interaction').map(({ event_id }) => event_id as string)).size).toBe(3500);
    });
    expect(most).toBeGreaterThan(100);
    expect(most).toBeLessThanOrEqual(1000);
  });
});

/** The most rows that any statement answered during the work. */
async function largestResult(work: () => Promise<void>): Promise<number> {
  let most = 0;
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const query = Client.prototype.query as (...args: unknown[]) => unknown;
  const spy = jest.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...args: unknown[]) {
    const result = query.apply(this, args);
    if (result instanceof Promise) {
      void result.then(
        ({ rows }: { rows?: unknown[] }) => (most = Math.max(most, rows?.length ?? 0)),
        () => undefined,
      );
    }
    return result;
  });
  await work().finally(() => spy.mockRestore());
  return most;
}

describe('exporting what the customer provided', () => {
  it('leaves out what others said and what happened here', async () => {
    const { lines } = await exported(mira.customer, 'provided');
    expect(kindsIn(lines).toSorted()).toEqual([
      'account',
      'consent_rule',
      'consent_version',
      'dispute',
      'header',
      'preference_version',
      'retention',
      'statement',
      'suggestion_settings',
    ]);
    expect(lines[0]?.record['kind']).toBe('provided');
  });

  it('has the same statements as everything', async () => {
    const [all, provided] = [await exported(mira.customer), await exported(mira.customer, 'provided')];
    expect(contentOf(provided)).toBe(contentOf(all));
  });

  it('names a retailer so that another broker can find it, and leaves out what nobody has confirmed', async () => {
    const { api } = await aCustomer(app);
    await api
      .post('/v1/me/preferences')
      .send({
        attribute: 'receipt.delivery',
        value: { form: 'paper' },
        strength: 'want',
        applies_to: { level: 'retailer', retailer_id: mira.tailoring.retailer.id },
      })
      .expect(201);
    const { text } = await exported({ ...mira.customer, api });
    const csv = 'Program\nGreen Points\n';
    await api.post('/v1/me/imports?mapping=loyalty_member').type('text/csv').send(csv).expect(201);
    const after = await exported({ ...mira.customer, api });
    expect(contentOf(after)).toBe(contentOf(parsed(text)));
    expect(ofKind(after.lines, 'statement')[0]!['applies_to']).toEqual({
      level: 'retailer',
      retailer: { website: 'https://grocer.example', name: 'Tailor T' },
    });
    expect(ofKind(after.lines, 'preference')).toHaveLength(2);
  });
});

describe('the manifest', () => {
  it('counts and hashes all before it, and is verified offline with the published keys', async () => {
    const { lines, manifest } = await exported(mira.customer);
    const statements = lines.filter(({ kind }) => kind === 'statement');
    const kinds = Object.fromEntries(kindsIn(lines).map((kind) => [kind, ofKind(lines, kind).length]));
    await expect(manifestOf(app, manifest)).resolves.toEqual({
      iss: app.url,
      iat: Math.floor(Date.parse(lines[0]!.record['created_at'] as string) / 1000),
      format: 'ccx-export/1',
      schema: `${app.url}/schemas/export.json`,
      kind: 'everything',
      vocabulary: lines[0]!.record['vocabulary'],
      records: lines.length,
      kinds,
      sha256: sha256Of(lines),
      statements: { count: 1, sha256: sha256Of(statements) },
    });
  });

  it('does not verify when a bit of it was changed', async () => {
    const { manifest } = await exported(mira.customer);
    const [header, payload = '', signature] = manifest.split('.');
    const changed = Buffer.from(payload, 'base64url').toString().replace('"everything"', '"provided__"');
    const forged = [header, Buffer.from(changed).toString('base64url'), signature].join('.');
    await expect(manifestOf(app, forged)).rejects.toThrow('signature verification failed');
  });
});

describe('an export as one document', () => {
  it('has the same records and a manifest of its own', async () => {
    const { body, headers } = await mira.customer.api
      .get('/v1/me/export?kind=provided')
      .set('accept', 'application/json')
      .expect(200);
    expect(headers['content-disposition']).toBe('attachment; filename="ccx-provided.json"');
    expect(headers['cache-control']).toContain('no-store');
    const { records, manifest } = body as { records: Line[]; manifest: string };
    const { lines } = await exported(mira.customer, 'provided');
    expect(records.slice(1)).toEqual(lines.slice(1));
    await expect(manifestOf(app, manifest)).resolves.toMatchObject({ sha256: sha256Of(records) });
  });
});

describe('the schema of exports', () => {
  const committed = JSON.parse(readFileSync(join(__dirname, '..', EXPORT_SCHEMA_FILE), 'utf8')) as object;

  it('is served as it is committed: `npm run openapi` writes it', async () => {
    const { body } = await app.http.get('/schemas/export.json').expect(200);
    expect(body).toEqual(committed);
  });

  it('fits every line, the document and the payload of the manifest', async () => {
    const validate = ajv.compile(committed);
    const { lines, manifest, text } = await exported(mira.customer);
    const last = JSON.parse(text.trim().split('\n').at(-1) ?? '') as object;
    const faults = [...lines, last, { records: lines, manifest }].flatMap((one) =>
      validate(one) ? [] : [JSON.stringify(validate.errors).slice(0, 500)],
    );
    expect(faults).toEqual([]);
    const payload = ajv.compile({ ...committed, oneOf: undefined, $ref: '#/$defs/manifest_payload', $id: 'payload' });
    expect(payload(await manifestOf(app, manifest))).toBe(true);
    expect(validate({ kind: 'statement', record: { attribute: 'size.footwear' } })).toBe(false);
  });
});

describe('an export that cannot be finished', () => {
  let customer: TestCustomer;
  beforeEach(async () => {
    customer = await aCustomer(app);
    Object.assign(madeUp, { customerId: customer.customerId, records: 2000, failsAfter: Infinity, ended: false });
  });

  const begin = () => fetch(`${app.url}/v1/me/export`, { headers: { authorization: `Bearer ${customer.token}` } });

  it('breaks off without a manifest', async () => {
    madeUp.failsAfter = 1000;
    const response = await begin();
    expect(response.status).toBe(200);
    let text = '';
    const reading = async () => {
      for await (const chunk of response.body!) text += Buffer.from(chunk as Uint8Array).toString();
    };
    await expect(reading()).rejects.toThrow('terminated');
    expect(text).toContain('"kind":"header"');
    expect(text).not.toContain('"kind":"manifest"');
  });

  it('ends the work when nobody listens any more', async () => {
    const leaving = new AbortController();
    const response = await fetch(`${app.url}/v1/me/export`, {
      headers: { authorization: `Bearer ${customer.token}` },
      signal: leaving.signal,
    });
    madeUp.records = 1_000_000;
    await response.body!.getReader().read();
    leaving.abort();
    await eventually(() => expect(madeUp.ended).toBe(true));
    expect(madeUp.made).toBeLessThan(1_000_000);
  });
});

describe('who may export', () => {
  it('must have signed in within the last minutes', async () => {
    const { api } = await aCustomer(app);
    app.clock.advance({ minutes: 6 });
    const { body } = await api.get('/v1/me/export').expect(401);
    expect(body.type).toBe(`${app.url}/problems/recent-sign-in-required`);
    app.clock.advance({ minutes: -6 });
  });

  it('is the customer themself: no personal token can', async () => {
    const { api } = await aCustomer(app);
    const expires_at = new Date(app.clock.now().getTime() + 86_400_000).toISOString();
    const scopes = ['preferences.read', 'consents.read', 'interactions.read', 'disclosures.read'];
    const { body } = await api.post('/v1/me/tokens').send({ name: 'a test', scopes, expires_at }).expect(201);
    await bearer(app, body.token).get('/v1/me/export').expect(403);
  });

  it('asks for a kind that there is', async () => {
    await mira.customer.api.get('/v1/me/export?kind=half').expect(400);
  });
});
