import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { compactVerify, createLocalJWKSet } from 'jose';

import { rootFrom } from '../src/audit/tree.js';
import { Database } from '../src/platform/database/database.js';
import { PersonalData } from '../src/platform/personal-data.js';
import { Random } from '../src/platform/random.js';
import { aCustomer, anAuditor, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { asBytes } from './support/streamed.js';
import { disclosed, type DisclosedRow } from './support/disclosed.js';
import { publishLog } from './support/log.js';
import { type ConsentAccess, consentToken } from './support/oauth.js';
import { publishedKeys } from './support/receipts.js';
import { audited } from './support/records.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';

const DAY_MS = 86_400_000;
const KEPT_DAYS = 90;

let app: TestApp;
let grocer: TestRetailer;
let mira: TestCustomer;
let otto: TestCustomer;
let till: ConsentAccess;
let ottos: ConsentAccess;
/** The day on which they shop. */
let day: string;

const shoes = { attribute: 'size.footwear', value: { system: 'EUROPE', size: '42.5' }, strength: 'want' };

beforeAll(async () => {
  app = await startApp({ config: { DISCLOSURES_KEPT_DAYS: String(KEPT_DAYS) } });
  grocer = await aRetailer(app);
});
beforeEach(async () => {
  // Back from the future, where today has gone.
  app.clock.set(new Date());
  await app.runJob('partitions');
  await app.db.query('truncate disclosures, disclosure_segments');
  await rm(folder(), { recursive: true, force: true });
  [mira, otto] = await Promise.all([aCustomer(app), aCustomer(app)]);
  await mira.api.post('/v1/me/preferences').send(shoes).expect(201);
  till = await consentToken(app, grocer, mira);
  ottos = await consentToken(app, grocer, otto);
  const read = (by: ConsentAccess) => by.fetch('GET', '/v1/preferences?touchpoint=till');
  const asked = [till, till, ottos].map(read);
  asked.push(till.fetch('GET', '/v1/preferences?touchpoint=kiosk')); // refused
  await Promise.all(asked);
  await publishLog(app);
  [day = ''] = (await disclosed(app, mira.key)).map(({ checkedAt }) => checkedAt.toISOString().slice(0, 10));
});
afterAll(() => app.stop());

const folder = () => join(app.config.DATA_FOLDER, 'segments');
const files = () => readdir(folder()).catch(() => [] as string[]);
const partition = () => `disclosures_${day.replaceAll('-', '_')}`;

async function isThere(): Promise<boolean> {
  const { rows } = await app.db.query<{ there: boolean }>('select to_regclass($1) is not null as there', [partition()]);
  return rows[0]?.there === true;
}

/** The job runs when the day has been over for so many days. */
async function daysLater(days: number): Promise<void> {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  app.clock.set(new Date(midnight + (days + 1) * DAY_MS));
  await app.runJob('disclosure-segments');
}

interface SegmentRow {
  readonly id: string;
  readonly sha256: Buffer;
  readonly disclosures: string;
  readonly dropped_at: Date | null;
}

async function segments(): Promise<SegmentRow[]> {
  const { rows } = await app.db.query<SegmentRow>('select * from disclosure_segments where day = $1 order by id', [
    day,
  ]);
  return rows;
}

/** Whether each of these reads is proved by what is left of the day, as its holder proves it. */
function provedBy(lines: Record<string, unknown>[], rows: readonly DisclosedRow[]): boolean[] {
  const roots = lines.map(({ leaf, leaf_index, leaf_count, path }) =>
    rootFrom(
      Buffer.from(leaf as string, 'base64'),
      leaf_index as number,
      leaf_count as number,
      (path as string[]).map((hash) => Buffer.from(hash, 'base64')),
    )?.toString('base64url'),
  );
  return rows.map(({ root }) => roots.includes(root));
}

describe('a day of disclosures', () => {
  it('stays as long as it is kept, and goes with a signed segment that proves what it had', async () => {
    const before = [...(await disclosed(app, mira.key)), ...(await disclosed(app, otto.key))];
    await daysLater(KEPT_DAYS - 1);
    await expect(isThere()).resolves.toBe(true);
    await expect(files()).resolves.toEqual([]);

    await daysLater(KEPT_DAYS);
    await expect(isThere()).resolves.toBe(false);
    const [segment] = await segments();
    expect(segment).toMatchObject({ disclosures: '4', dropped_at: expect.any(Date) });
    const name = `disclosures-${day}.${segment!.id}.ndjson.gz`;
    await expect(files()).resolves.toEqual([name, `${name}.jws`]);

    const file = await readFile(join(folder(), name));
    const sha256 = createHash('sha256').update(file).digest('hex');
    const jws = (await readFile(join(folder(), `${name}.jws`), 'utf8')).trim();
    const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet(await publishedKeys(app)));
    expect(protectedHeader.typ).toBe('disclosure-segment+jwt');
    const told = { id: segment!.id, day, disclosures: 4, bytes: file.length, sha256 };
    expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({ iss: app.url, ...told });
    const entries = (await audited(app, null)).filter(({ type }) => type === 'disclosures.exported');
    expect(entries.map(({ data }) => data)).toContainEqual(told);

    const [header, ...lines] = gunzipSync(file)
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(header).toMatchObject({ format: 'ccx-disclosure-segment-1', day });
    expect(provedBy(lines, before)).toEqual([true, true, true, true]);
  });

  it('leaves nothing that says who read what of whom', async () => {
    const rows = [...(await disclosed(app, mira.key)), ...(await disclosed(app, otto.key))];
    await daysLater(KEPT_DAYS);
    const [name = ''] = await files();
    const text = gunzipSync(await readFile(join(folder(), name))).toString();
    const told = rows.flatMap((row) => [row.id, row.customer.customerId, row.consent.id, row.retailerId, row.clientId]);
    for (const word of [...told, ...rows.flatMap(({ attributes }) => attributes), 'till'])
      expect(text).not.toContain(word);
    const keys = new Set(
      text
        .split('\n')
        .slice(1, -1)
        .flatMap((line) => Object.keys(JSON.parse(line) as object)),
    );
    expect([...keys].toSorted()).toEqual(['entry_index', 'leaf', 'leaf_count', 'leaf_index', 'path']);
  });

  it('goes without those who were erased before', async () => {
    const { key } = otto;
    await app.get(Database).transaction((tx) => app.get(PersonalData).erase(tx, key, [ofDisclosures()]));
    await daysLater(KEPT_DAYS);
    expect(await segments()).toMatchObject([{ disclosures: '3' }]);
  });

  it('stays when it is not what the log has', async () => {
    await app.db.query(`update disclosures set attributes = '{food.allergen}' where refused is null`);
    await daysLater(KEPT_DAYS);
    await expect(isThere()).resolves.toBe(true);
    await expect(segments()).resolves.toEqual([]);
  });

  it('stays when its segment cannot be written', async () => {
    await writeFile(folder(), 'in the way');
    await daysLater(KEPT_DAYS);
    await expect(isThere()).resolves.toBe(true);
    await expect(segments()).resolves.toEqual([]);
    await rm(folder());
    await app.runJob('disclosure-segments');
    await expect(isThere()).resolves.toBe(false);
  });

  it('cannot be dropped by the service without a segment, or with one that has less', async () => {
    const { reader } = app.get(Database);
    const drop = (id: string) => reader.query(`select ccx_drop_disclosures($1::date, $2::uuid, now())`, [day, id]);
    await expect(drop(app.get(Random).id())).rejects.toThrow(/no such segment/);
    const id = app.get(Random).id();
    await app.db.query(
      `insert into disclosure_segments (day, id, sha256, bytes, disclosures, signature, made_at)
       values ($1, $2, decode(repeat('00', 32), 'hex'), 1, 3, '', now())`,
      [day, id],
    );
    await expect(drop(id)).rejects.toThrow(/its segment has 3/);
    await expect(reader.query(`drop table ${partition()}`)).rejects.toThrow(/must be owner/);
    // What somebody wrote down by hand is no reason to let it go either: there is no such file.
    await daysLater(KEPT_DAYS);
    expect((await segments()).map(({ disclosures }) => disclosures).toSorted()).toEqual(['3', '4']);
    await expect(isThere()).resolves.toBe(false);
  });
});

const ofDisclosures = () =>
  app
    .get(PersonalData)
    .registered()
    .find(({ module }) => module === 'disclosures')!;

describe('letting a day go, when the service dies', () => {
  /** The partition cannot be dropped while somebody reads it. */
  async function whileHeld(work: () => Promise<void>): Promise<void> {
    const holder = await app.db.connect();
    try {
      await holder.query('begin');
      await holder.query(`lock table ${partition()} in access share mode`);
      await work();
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  }

  it('over the file, begins again and leaves nothing half written', async () => {
    await mkdir(folder(), { recursive: true });
    const left = `disclosures-${day}.${app.get(Random).id()}.ndjson.gz`;
    await writeFile(join(folder(), `${left}.part`), 'half of it');
    await writeFile(join(folder(), left), 'all of it, and nobody wrote it down');
    await daysLater(KEPT_DAYS);
    const [segment] = await segments();
    const name = `disclosures-${day}.${segment!.id}.ndjson.gz`;
    await expect(files()).resolves.toEqual([name, `${name}.jws`]);
    await expect(isThere()).resolves.toBe(false);
  });

  it('before the day is dropped, drops it later with the same segment', async () => {
    await whileHeld(() => daysLater(KEPT_DAYS));
    await expect(isThere()).resolves.toBe(true);
    const [segment] = await segments();
    expect(segment?.dropped_at).toBeNull();
    await app.runJob('disclosure-segments');
    await expect(isThere()).resolves.toBe(false);
    expect((await segments()).map(({ id }) => id)).toEqual([segment!.id]);
  });

  it('and the file is lost or changed before the day is dropped, writes another one first', async () => {
    await whileHeld(() => daysLater(KEPT_DAYS));
    const [lost] = await segments();
    await writeFile(join(folder(), `disclosures-${day}.${lost!.id}.ndjson.gz`), 'something else');
    await app.runJob('disclosure-segments');
    await expect(isThere()).resolves.toBe(false);
    const [, made] = await segments();
    expect(made?.dropped_at).not.toBeNull();
    const file = await readFile(join(folder(), `disclosures-${day}.${made!.id}.ndjson.gz`));
    expect(createHash('sha256').update(file).digest()).toEqual(made!.sha256);
  });
});

describe('an auditor', () => {
  it('lists the segments of the engagement’s days and gets their files', async () => {
    await daysLater(KEPT_DAYS);
    const [segment] = await segments();
    const auditor = await anAuditor(app);
    const path = '/v1/audit/disclosure-segments';
    const before = app.get(Random).id();
    await app.db.query(
      `insert into disclosure_segments (day, id, sha256, bytes, disclosures, signature, made_at)
       select day - 1, $1, sha256, bytes, disclosures, signature, made_at from disclosure_segments`,
      [before],
    );
    const { body } = await auditor.api.get(`${path}?limit=1`).expect(200);
    expect(body.items).toMatchObject([
      { id: segment!.id, day, disclosures: 4, sha256: segment!.sha256.toString('hex') },
    ]);
    const { body: rest } = await auditor.api.get(`${path}?cursor=${body.next_cursor}`).expect(200);
    expect(rest.items).toMatchObject([{ id: before, dropped_at: null }]);
    const { body: file } = await auditor.api.get(`${path}/${segment!.id}`).buffer(true).parse(asBytes).expect(200);
    expect(createHash('sha256').update(file).digest()).toEqual(segment!.sha256);
    await auditor.api.get(`${path}/${app.get(Random).id()}`).expect(404);

    const tomorrow = new Date(app.clock.now().getTime() + DAY_MS);
    const late = await anAuditor(app, { from: app.clock.now(), to: tomorrow });
    expect((await late.api.get(path).expect(200)).body.items).toEqual([]);
    await late.api.get(`${path}/${segment!.id}`).expect(404);

    await rm(folder(), { recursive: true });
    const { headers } = await auditor.api.get(`${path}/${segment!.id}`).expect(503);
    expect(headers['retry-after']).toBe('60');
  });
});
