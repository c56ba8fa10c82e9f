import { randomUUID } from 'node:crypto';

import { pseudonymOf, SubjectKeys } from '../src/platform/crypto/subject-keys.js';
import { Database } from '../src/platform/database/database.js';
import { consentRef, subjectFor } from '../src/oversight/pseudonyms.js';
import { StaffService } from '../src/staff/staff.service.js';
import type { EngagementTerms } from '../src/staff/engagement.js';
import { aCustomer, anAuditor, anOperator, type TestCustomer, type TestStaff } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent, withdraw } from './support/consents.js';
import { holdLogJobs, publishLog } from './support/log.js';
import { type ConsentAccess, consentToken } from './support/oauth.js';
import { documentedOperations } from './support/operations.js';
import { audited } from './support/records.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';
import { asText } from './support/streamed.js';

const DAY = 86_400_000;
const reason = 'A complaint to the authority, file 2026-1147.';
const line = {
  type: 'ccx_preferences',
  purposes: ['dpv:ServicePersonalisation'],
  attributes: ['size', 'receipt'],
  touchpoints: ['till'],
};

let app: TestApp;
let grocer: TestRetailer;
let mira: TestCustomer;
let till: ConsentAccess;
let noticeHash: string;
/** After all of Mira's life with the grocer, who has lost her consent again. */
let over: Date;

beforeAll(async () => {
  app = await startApp();
  await holdLogJobs(app);
  const early = await anAuditor(app);
  await early.api.get('/v1/audit/exports').expect(404);

  [grocer, mira] = await Promise.all([aRetailer(app), aCustomer(app)]);
  const shoes = { attribute: 'size.footwear', value: { system: 'EUROPE', size: '42.5' }, strength: 'want' };
  await mira.api.post('/v1/me/preferences').send(shoes).expect(201);
  till = await consentToken(app, grocer, mira, { details: [line] });
  const given = await till.fetch('GET', '/v1/preferences?touchpoint=till');
  const refused = await till.fetch('GET', '/v1/preferences?touchpoint=till&attributes=contact.service');
  if (given.status !== 200 || refused.status !== 403) throw new Error(JSON.stringify([given.body, refused.body]));
  await withdraw({ consentId: till.consentId, customer: mira }).expect(200);
  // Somebody else's life goes on elsewhere.
  await aConsent(app);
  await publishLog(app);
  const { rows } = await app.db.query('select notice_hash from consents where id = $1', [till.consentId]);
  noticeHash = rows[0].notice_hash.toString('hex');
  over = app.clock.now();
});
afterAll(() => app.stop());

/** What an engagement calls Mira and her consent. */
async function namesFor({ staffId }: TestStaff, { key }: TestCustomer = mira, consentId = till.consentId) {
  const engagement = await app.get(StaffService).engagementOf(staffId);
  const { auditKey } = await app.get(SubjectKeys).of(app.get(Database).reader, key);
  const engagementKey = engagement!.key;
  return { subject: subjectFor(engagementKey, pseudonymOf(auditKey)), ref: consentRef(engagementKey, consentId) };
}

async function get(auditor: TestStaff, path: string, status = 200) {
  return (await auditor.api.get(path).expect(status)).body;
}

describe('a search of the log by consent', () => {
  it('finds all that names it, and nothing of another one, although no id of it is in the log in clear', async () => {
    const auditor = await anAuditor(app);
    const { ref, subject } = await namesFor(auditor);
    const { items } = await get(auditor, `/v1/audit/entries?consent=${ref}`);
    const types = items.map(({ type }: { type: string }) => type);
    expect(types).toEqual(expect.arrayContaining(['consent.withdrawn', 'disclosure.refused', 'consent.given']));
    for (const { event, subject: whose } of items) {
      expect(event.consent.ref).toBe(ref);
      expect(whose).toBe(subject);
    }
    expect((await get(auditor, `/v1/audit/entries?consent=${ref}&type=consent.given`)).items).toHaveLength(1);
    expect((await get(auditor, `/v1/audit/entries?consent=${ref}&subject=${subject}&limit=1`)).items).toEqual([
      items[0],
    ]);
    const other = await anAuditor(app);
    expect((await get(other, `/v1/audit/entries?consent=${ref}`)).items).toEqual([]);
  });

  it('is paged like any other', async () => {
    const auditor = await anAuditor(app);
    const { ref } = await namesFor(auditor);
    const all = (await get(auditor, `/v1/audit/entries?consent=${ref}&type=consent.given&type=consent.withdrawn`))
      .items;
    const found: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: unknown[]; next_cursor: string | null } = await get(
        auditor,
        `/v1/audit/entries?consent=${ref}&type=consent.given&type=consent.withdrawn&limit=1${cursor ? `&cursor=${cursor}` : ''}`,
      );
      found.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    expect(found).toEqual(all);
  });
});

describe('the list of consents', () => {
  it('names customers and consents by pseudonyms, and says how each stands', async () => {
    const auditor = await anAuditor(app);
    const { ref, subject } = await namesFor(auditor);
    const { items } = await get(auditor, `/v1/audit/consents?subject=${subject}`);
    expect(items).toEqual([
      expect.objectContaining({ ref, subject, status: 'withdrawn', version: 2, retailer_id: grocer.id }),
    ]);
    expect(items[0].notice_hash).toBe(noticeHash);
    expect(JSON.stringify(items)).not.toContain(mira.customerId);
    expect(JSON.stringify(items)).not.toContain(till.consentId);
  });

  it('is narrowed by state, retailer, attribute, purpose and time, and paged', async () => {
    const auditor = await anAuditor(app);
    const count = async (query: string) => (await get(auditor, `/v1/audit/consents?${query}`)).items.length;
    await expect(count(`retailer_id=${grocer.id}&status=withdrawn`)).resolves.toBe(1);
    await expect(count(`retailer_id=${grocer.id}&status=active`)).resolves.toBe(0);
    await expect(
      count(`retailer_id=${grocer.id}&attribute=size.footwear&purpose=dpv:ServicePersonalisation`),
    ).resolves.toBe(1);
    await expect(count(`retailer_id=${grocer.id}&attribute=food.diet`)).resolves.toBe(0);
    await expect(count(`retailer_id=${grocer.id}&from=${over.toISOString()}`)).resolves.toBe(0);
    const first = await get(auditor, '/v1/audit/consents?limit=1');
    const second = await get(auditor, `/v1/audit/consents?limit=1&cursor=${first.next_cursor}`);
    expect([...first.items, ...second.items]).toEqual((await get(auditor, '/v1/audit/consents')).items.slice(0, 2));
    await get(auditor, '/v1/audit/consents?cursor=bm9wZQ', 400);
    await get(auditor, '/v1/audit/consents?status=given', 400);
  });
});

describe('the list of disclosures', () => {
  it('says who read what of whom, what was refused, and that none is wrong', async () => {
    const auditor = await anAuditor(app);
    const { ref, subject } = await namesFor(auditor);
    const { items } = await get(auditor, `/v1/audit/disclosures?consent=${ref}`);
    expect(items).toEqual([
      expect.objectContaining({
        subject,
        consent: ref,
        refused: 'outside-consent',
        attributes: ['contact.service'],
        faults: [],
      }),
      expect.objectContaining({
        subject,
        consent: ref,
        refused: null,
        attributes: ['size.footwear'],
        consent_version: 1,
        faults: [],
      }),
    ]);
    expect((await get(auditor, `/v1/audit/disclosures?subject=${subject}`)).items).toEqual(items);
    expect((await get(auditor, `/v1/audit/disclosures?retailer_id=${grocer.id}`)).items).toEqual(items);
    const { items: entries } = await get(auditor, `/v1/audit/entries?type=disclosures.recorded`);
    expect(entries.map(({ id }: { id: string }) => id)).toContain(items[1].entry);
  });

  it('is narrowed and paged', async () => {
    const auditor = await anAuditor(app);
    const { ref, subject } = await namesFor(auditor);
    const of = async (query: string) => (await get(auditor, `/v1/audit/disclosures?${query}`)).items;
    const all = await of(`consent=${ref}`);
    await expect(of(`consent=${ref}&refused=true`)).resolves.toEqual([all[0]]);
    await expect(of(`retailer_id=${grocer.id}&refused=false`)).resolves.toEqual([all[1]]);
    await expect(of(`retailer_id=${grocer.id}&attribute=size.footwear`)).resolves.toEqual([all[1]]);
    await expect(of(`retailer_id=${grocer.id}&purpose=dpv:Marketing`)).resolves.toEqual([]);
    await expect(of(`retailer_id=${grocer.id}&from=${over.toISOString()}`)).resolves.toEqual([]);
    await expect(
      of(`consent=${ref}&subject=${subject.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`),
    ).resolves.toEqual([]);
    const first = await get(auditor, `/v1/audit/disclosures?retailer_id=${grocer.id}&limit=1`);
    const rest = await get(
      auditor,
      `/v1/audit/disclosures?retailer_id=${grocer.id}&limit=1&cursor=${first.next_cursor}`,
    );
    expect([...first.items, ...rest.items]).toEqual(all);
    await get(auditor, '/v1/audit/disclosures?cursor=bm9wZQ', 400);
    await get(auditor, '/v1/audit/disclosures?refused=perhaps', 400);
  });
});

describe('what customers were shown', () => {
  it('is told by its hash, byte for byte', async () => {
    const auditor = await anAuditor(app);
    const { text } = await auditor.api.get(`/v1/audit/notices/${noticeHash}`).expect(200);
    const { text: own } = await mira.api.get(`/v1/me/notices/${noticeHash}`).expect(200);
    expect(text).toBe(own);
    await get(auditor, `/v1/audit/notices/${'0'.repeat(64)}`, 404);
    await get(auditor, '/v1/audit/notices/nonsense', 400);
  });
});

describe('an export', () => {
  const lines = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one));

  it('has a line for each leaf in the order of the log, opened, with its proof, and says when it is whole', async () => {
    const auditor = await anAuditor(app);
    const { subject, ref } = await namesFor(auditor);
    const { text, headers } = await auditor.api
      .get(`/v1/audit/exports?retailer_id=${grocer.id}`)
      .buffer(true)
      .parse(asText)
      .expect(200)
      .then(({ body, headers: sent }) => ({ text: body as string, headers: sent }));
    expect(headers['content-type']).toBe('application/x-ndjson');
    const [head, ...leaves] = lines(text);
    const end = leaves.pop();
    expect(head).toMatchObject({ format: 'ccx-export-1', query: { retailer_id: grocer.id } });
    expect(head.checkpoint.split('\n')[0]).toBe(head.origin);
    expect(end).toEqual({ end: true, count: leaves.length });
    expect(leaves.length).toBeGreaterThan(3);
    expect(leaves.map(({ index }) => index)).toEqual(leaves.map(({ index }) => index).toSorted((a, b) => a - b));
    const given = leaves.find(({ type }) => type === 'consent.given');
    expect(given).toMatchObject({ state: 'opened', subject, consent_version: 1, event: { type: 'consent.given' } });
    expect(text).not.toContain(mira.customerId);

    const found = await exported(auditor, `consent=${ref}`);
    expect(found.every(({ event }) => event.consent.id === till.consentId)).toBe(true);
    expect(found.length).toBeGreaterThanOrEqual(3);
    await expect(exported(auditor, 'retailer_id=0192f0c1-1111-7c3e-8f10-3d5f6a7b8c9d')).resolves.toEqual([]);
  });

  it('leads from every leaf to the root of its checkpoint', async () => {
    const { leafHashOf, rootFrom } = await import('../src/audit/tree.js');
    const auditor = await anAuditor(app);
    const { body } = await auditor.api.get('/v1/audit/exports').buffer(true).parse(asText).expect(200);
    const [head, ...leaves] = lines(body as string);
    leaves.pop();
    const [, size, root] = head.checkpoint.split('\n');
    for (const { index, leaf, inclusion } of leaves) {
      const path = inclusion.map((hash: string) => Buffer.from(hash, 'base64'));
      expect(rootFrom(leafHashOf(Buffer.from(leaf, 'base64')), index, Number(size), path)?.toString('base64')).toBe(
        root,
      );
    }
    expect(leaves.length).toBeGreaterThan(10);
  });

  it('is a table, when that is asked for', async () => {
    const auditor = await anAuditor(app);
    const path = `/v1/audit/exports?retailer_id=${grocer.id}&type=consent.given`;
    const { body, headers } = await auditor.api
      .get(path)
      .set('accept', 'text/csv')
      .buffer(true)
      .parse(asText)
      .expect(200);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    const [head, row, ...rest] = (body as string).split('\r\n');
    expect(head).toBe('index,id,type,at,retailer_id,purposes,attributes,consent_version,subject,leaf,state');
    expect(row).toMatch(/,consent\.given,.*,opened$/);
    expect(rest).toEqual(['']);
  });

  it('is of a search that can be understood', async () => {
    const auditor = await anAuditor(app);
    await auditor.api.get('/v1/audit/exports?type=nonsense').expect(400);
  });

  async function exported(auditor: TestStaff, query: string) {
    const { body } = await auditor.api.get(`/v1/audit/exports?${query}`).buffer(true).parse(asText).expect(200);
    return lines(body as string).slice(1, -1);
  }
});

describe('a re-identification', () => {
  const ask = (auditor: TestStaff, subject: string) =>
    auditor.api.post('/v1/audit/reidentifications').send({ subject, reason });

  it('takes two persons, ends by itself, and is shown to the customer step by step', async () => {
    const [auditor, operator, ada] = await Promise.all([anAuditor(app), anOperator(app), aCustomer(app)]);
    await publishLog(app);
    const { subject } = await namesFor(auditor, ada);
    const { body: asked } = await ask(auditor, subject).expect(201);
    expect(asked).toMatchObject({ subject, reason, status: 'open', customer_id: null });
    expect(await get(auditor, `/v1/audit/reidentifications/${asked.id}`)).toEqual(asked);
    // The auditor decides nothing, and the operator learns nothing.
    await auditor.api.post(`/v1/admin/reidentifications/${asked.id}/approve`).expect(403);
    const { body: open } = await operator.api.get('/v1/admin/reidentifications?limit=1').expect(200);
    expect(open.items).toEqual([
      expect.objectContaining({ id: asked.id, auditor_id: auditor.staffId, reason, status: 'open' }),
    ]);
    expect(JSON.stringify(open)).not.toContain(ada.customerId);

    await operator.api.post(`/v1/admin/reidentifications/${asked.id}/approve`).expect(200);
    for (const decision of ['approve', 'refuse']) {
      await operator.api.post(`/v1/admin/reidentifications/${asked.id}/${decision}`).expect(409);
    }
    const answer = await get(auditor, `/v1/audit/reidentifications/${asked.id}`);
    expect(answer).toMatchObject({ status: 'approved', customer_id: ada.customerId });
    // Only whoever asked, only one by one.
    await get(await anAuditor(app), `/v1/audit/reidentifications/${asked.id}`, 404);
    const listed = (await get(auditor, '/v1/audit/reidentifications')).items;
    expect(listed).toEqual([{ ...answer, customer_id: null }]);

    await publishLog(app);
    const { body: seen } = await ada.api.get('/v1/me/accesses').expect(200);
    expect(seen.items.map(({ by, act, reason: why }: Record<string, unknown>) => [by, act, why])).toEqual([
      ['auditor', 'reidentification.answered', null],
      ['operator', 'reidentification.approved', null],
      ['auditor', 'reidentification.requested', reason],
    ]);
    const steps = await audited(app, ada.key);
    expect(steps.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['reidentification.requested', 'reidentification.approved', 'reidentification.answered']),
    );
    await app.db.query(`update reidentifications set expires_at = now() where id = $1`, [asked.id]);
    expect(await get(auditor, `/v1/audit/reidentifications/${asked.id}`)).toMatchObject({
      status: 'expired',
      customer_id: null,
    });
  });

  it('is not approved by whoever could be the auditor, having let them in', async () => {
    const [inviter, other] = await Promise.all([anOperator(app), anOperator(app)]);
    const auditor = await anAuditor(app, {}, inviter);
    const { subject } = await namesFor(auditor);
    const { body: asked } = await ask(auditor, subject).expect(201);
    const approvedBy = ({ api }: TestStaff) => api.post(`/v1/admin/reidentifications/${asked.id}/approve`);
    const { body } = await approvedBy(inviter).expect(403);
    expect(body.type).toMatch(/reidentification-by-one-person$/);

    // Nor by an operator whom that one could be as well.
    await app.db.query('update staff_members set let_in_by = $1 where id = $2', [inviter.staffId, other.staffId]);
    await approvedBy(other).expect(403);
    expect(await get(auditor, `/v1/audit/reidentifications/${asked.id}`)).toMatchObject({ customer_id: null });
    await approvedBy(await anOperator(app)).expect(200);
  });

  it('can be refused, and names nobody then', async () => {
    const [auditor, operator] = await Promise.all([anAuditor(app), anOperator(app)]);
    const { subject } = await namesFor(auditor);
    const { body: asked } = await ask(auditor, subject).expect(201);
    await operator.api.post(`/v1/admin/reidentifications/${asked.id}/refuse`).expect(200);
    expect(await get(auditor, `/v1/audit/reidentifications/${asked.id}`)).toMatchObject({
      status: 'refused',
      customer_id: null,
    });
  });

  it('is of somebody whom the engagement has met, for a reason', async () => {
    const auditor = await anAuditor(app);
    const { subject } = await namesFor(auditor);
    await ask(await anAuditor(app), subject).expect(404);
    await auditor.api.post('/v1/audit/reidentifications').send({ subject, reason: 'Curious.' }).expect(400);
    await get(auditor, `/v1/audit/reidentifications/${randomUUID()}`, 404);
    await get(auditor, '/v1/audit/reidentifications?cursor=bm9wZQ', 400);
    await get(auditor, '/v1/audit/reidentifications/nonsense', 400);
    const operator = await anOperator(app);
    for (const decision of ['approve', 'refuse']) {
      await operator.api.post(`/v1/admin/reidentifications/${randomUUID()}/${decision}`).expect(404);
      await operator.api.post(`/v1/admin/reidentifications/nonsense/${decision}`).expect(400);
    }
    await operator.api.get('/v1/admin/reidentifications?cursor=bm9wZQ').expect(400);
  });

  it('goes with its customer', async () => {
    const rows = async () =>
      (await app.db.query('select from reidentifications where customer_id = $1', [mira.customerId])).rowCount;
    expect(await rows()).toBeGreaterThan(0);
    const { PersonalData } = await import('../src/platform/personal-data.js');
    const module = app
      .get(PersonalData)
      .registered()
      .find(({ tables }) => tables.includes('reidentifications'))!;
    await app.get(Database).transaction(async (tx) => {
      await tx.query('set local role ccx_erase');
      await module.erase(tx, mira.key);
      await tx.query('reset role');
    });
    expect(await rows()).toBe(0);
  });
});

describe('what customers see of staff', () => {
  it('is nothing, as long as nobody has done anything', async () => {
    const { body } = await (await aCustomer(app)).api.get('/v1/me/accesses').expect(200);
    expect(body).toEqual({ items: [], next_cursor: null });
  });

  it('is every act that was about them, page by page, the latest first', async () => {
    const [auditor, ada] = await Promise.all([anAuditor(app), aCustomer(app)]);
    await publishLog(app);
    const { subject } = await namesFor(auditor, ada);
    const { items } = await get(auditor, `/v1/audit/entries?subject=${subject}`);
    await get(auditor, `/v1/audit/entries/${items[0].index}`);
    await auditor.api.get(`/v1/audit/exports?subject=${subject}`).buffer(true).parse(asText).expect(200);
    // About everybody, and so about nobody in particular.
    await get(auditor, '/v1/audit/entries');
    await publishLog(app);

    const first = (await ada.api.get('/v1/me/accesses?limit=2').expect(200)).body;
    const rest = (await ada.api.get(`/v1/me/accesses?limit=2&cursor=${first.next_cursor}`).expect(200)).body;
    expect(rest.next_cursor).toBeNull();
    expect([...first.items, ...rest.items].map(({ by, act }) => `${by} ${act}`)).toEqual([
      'auditor audit.exported',
      'auditor audit.read',
      'auditor audit.searched',
    ]);
    await ada.api.get('/v1/me/accesses?cursor=bm9wZQ').expect(400);
  });
});

describe('statistics', () => {
  it('count consents by state, reads after a withdrawal, and what is wrong: nothing', async () => {
    const auditor = await anAuditor(app, { retailerIds: [grocer.id] });
    const numbers = await get(auditor, '/v1/audit/statistics');
    expect(numbers).toMatchObject({
      complete: true,
      consents: { active: 0, paused: 0, withdrawn: 1, expired: 0 },
      withdrawals: { withdrawn: 1, read_afterwards: 0 },
      disclosures: { answered: 1, refused: 1, wrong: 0 },
    });
    expect(numbers.withdrawals.longest_seconds_to_last_read).toBeLessThan(0);
    await get(auditor, '/v1/audit/statistics?colour=red', 400);
    // Counted once a minute at most.
    expect(await get(auditor, '/v1/audit/statistics')).toEqual(numbers);
  });
});

describe('an engagement', () => {
  /** How much of Mira's life with the grocer each operation tells the auditor; 0 is nothing. */
  const told: Record<string, (auditor: TestStaff) => Promise<number>> = {
    listAuditEntries: async (auditor) =>
      (await get(auditor, `/v1/audit/entries?retailer_id=${grocer.id}&type=consent.given`)).items.length,
    'listAuditEntries by consent': async (auditor) => {
      const { ref } = await namesFor(auditor);
      return (await get(auditor, `/v1/audit/entries?consent=${ref}`)).items.length;
    },
    getAuditEntry: async (auditor) => {
      const { rows } = await app.db.query(
        `select idx from audit_log where type = 'consent.given' and retailer_id = $1`,
        [grocer.id],
      );
      return (await auditor.api.get(`/v1/audit/entries/${rows[0].idx}`)).status === 200 ? 1 : 0;
    },
    listAuditedConsents: async (auditor) => {
      const { subject } = await namesFor(auditor);
      return (await get(auditor, `/v1/audit/consents?subject=${subject}`)).items.length;
    },
    listAuditedDisclosures: async (auditor) => {
      const { subject } = await namesFor(auditor);
      return (await get(auditor, `/v1/audit/disclosures?subject=${subject}`)).items.length;
    },
    getAuditedNotice: async (auditor) =>
      (await auditor.api.get(`/v1/audit/notices/${noticeHash}`)).status === 200 ? 1 : 0,
    exportAuditEntries: async (auditor) => {
      const { subject } = await namesFor(auditor);
      const { body } = await auditor.api
        .get(`/v1/audit/exports?subject=${subject}&type=consent.given`)
        .buffer(true)
        .parse(asText);
      return (body as string).trimEnd().split('\n').length - 2;
    },
    requestReidentification: async (auditor) => {
      const { subject } = await namesFor(auditor);
      return (await auditor.api.post('/v1/audit/reidentifications').send({ subject, reason })).status === 201 ? 1 : 0;
    },
    getAuditStatistics: async (auditor) => {
      const { consents, disclosures } = await get(auditor, '/v1/audit/statistics');
      return consents.withdrawn + disclosures.refused;
    },
    getAuditBundle: async (auditor) => {
      const { ref } = await namesFor(auditor);
      return (await auditor.api.get(`/v1/audit/consents/${ref}/bundle`)).status === 200 ? 1 : 0;
    },
  };
  /** These are about the auditor's own requests, which the engagement bounds when they are made, or about nobody. */
  const ofOwn = ['listReidentifications', 'getReidentification', 'listDisclosureSegments', 'getDisclosureSegment'];

  it('bounds every operation there is for auditors', () => {
    const operations = documentedOperations(app.document).filter(({ audience }) => audience === 'auditor');
    const known = [...Object.keys(told).map((name) => name.split(' ')[0]), ...ofOwn];
    expect(operations.map(({ id }) => id).filter((id) => !known.includes(id))).toEqual([]);
  });

  it.each(Object.keys(told))('that reaches it tells of it: %s', async (operation) => {
    const terms: EngagementTerms = { retailerIds: [grocer.id], purposes: ['dpv:ServicePersonalisation'] };
    await expect(told[operation]!(await anAuditor(app, terms))).resolves.toBeGreaterThan(0);
  });

  const outside: Record<string, () => EngagementTerms> = {
    'to other retailers': () => ({ retailerIds: ['0192f0c1-1111-7c3e-8f10-3d5f6a7b8c9d'] }),
    'to other purposes': () => ({ purposes: ['dpv:Marketing'] }),
    'to a later time': () => ({ from: over, to: new Date(over.getTime() + DAY) }),
  };
  it.each(Object.keys(outside).flatMap((bound) => Object.keys(told).map((operation) => [bound, operation] as const)))(
    'bound %s tells nothing of it: %s',
    async (bound, operation) => {
      await expect(told[operation]!(await anAuditor(app, outside[bound]!()))).resolves.toBe(0);
    },
  );

  it('that is over reads nothing any more, by any operation', async () => {
    const now = app.clock.now().getTime();
    const auditor = await anAuditor(app, { from: new Date(now - DAY), to: new Date(now + 60_000) });
    const { ref, subject } = await namesFor(auditor);
    const { body: asked } = await auditor.api.post('/v1/audit/reidentifications').send({ subject, reason }).expect(201);
    const names: Record<string, string> = { index: '0', hash: noticeHash, ref, id: asked.id, day: '2026-11-01' };
    app.clock.advance({ minutes: 2 });
    for (const { id, method, path } of documentedOperations(app.document).filter(
      ({ audience }) => audience === 'auditor',
    )) {
      const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? name);
      const call = auditor.api[method as 'get' | 'post'](address);
      const { status, body } = await (method === 'post' ? call.send({ subject, reason }) : call);
      expect([id, status, body.type?.split('/').at(-1)]).toEqual([id, 403, 'no-engagement']);
    }
  });
});

describe('every request of staff', () => {
  it('is an entry of the log, whichever route it takes', async () => {
    const [auditor, operator] = await Promise.all([anAuditor(app), anOperator(app)]);
    const { ref } = await namesFor(auditor);
    const names: Record<string, string> = { index: '0', hash: noticeHash, ref, day: '2026-11-01', version: '1.0.0' };
    const entries = async () => {
      const { rows } = await app.db.query(
        `select count(*)::int as count from (select type from audit_pending union all select type from audit_log) entry
          where type = 'staff.requested' or type like 'audit.%'`,
      );
      return rows[0].count as number;
    };
    const operations = documentedOperations(app.document).filter(({ audience }) =>
      ['auditor', 'operator', 'staff'].includes(audience),
    );
    expect(operations.length).toBeGreaterThan(30);
    const unlogged: string[] = [];
    // Signing out comes last: it ends what the others are called with.
    for (const { id, method, path, audience } of operations.toSorted((a) => (a.id === 'endStaffSession' ? 1 : -1))) {
      const before = await entries();
      const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? randomUUID());
      const { api } = audience === 'auditor' ? auditor : operator;
      await api[method as 'get'](address);
      if ((await entries()) === before) unlogged.push(id);
    }
    expect(unlogged).toEqual([]);
  });

  it('names nobody in what outlives them: neither a customer whom it does not reach, nor their consent', async () => {
    const auditor = await anAuditor(app, { retailerIds: [grocer.id] });
    const { subject, ref } = await namesFor(auditor);
    await get(auditor, `/v1/audit/entries?subject=${subject}&consent=${ref}&retailer_id=${randomUUID()}`);
    const acts = (await audited(app, null)).filter(({ actor }) => (actor as { id?: string }).id === auditor.staffId);
    expect(acts).toContainEqual(expect.objectContaining({ type: 'audit.searched' }));
    expect(JSON.stringify(acts)).not.toMatch(new RegExp(`${subject}|${ref}`));
  });

  it('says which operation was asked for, by whom, and about what', async () => {
    const operator = await anOperator(app);
    await operator.api.get(`/v1/admin/retailers/${grocer.id}`).expect(200);
    expect(await audited(app, null)).toContainEqual(
      expect.objectContaining({
        type: 'staff.requested',
        actor: { kind: 'operator', id: operator.staffId },
        data: { operation: 'getRetailerAsOperator', names: { id: grocer.id } },
      }),
    );
  });
});

describe('a notice that was shown for one version', () => {
  it('is not told when that came after the period, or was replaced before it', async () => {
    const otto = await aCustomer(app);
    const { consentId } = await aConsent(app, { customer: otto });
    const now = app.clock.now().getTime();
    const at = (days: number) => new Date(now + days * DAY);
    const notice = async (version: number, days: number) => {
      const { rows } = await app.db.query(
        `insert into notices
         select bucket, customer_id, sha256($2), text, created_at from notices where customer_id = $1 limit 1
         returning encode(hash, 'hex') as hash`,
        [otto.customerId, String(version)],
      );
      const { hash } = rows[0];
      const changes = JSON.stringify({ version, at: at(days), notice_hash: `\\x${hash}` });
      await app.db.query(
        `insert into consent_versions
         select changed.* from consent_versions v, jsonb_populate_record(v, $2) changed
          where v.consent_id = $1 and v.version = 1`,
        [consentId, changes],
      );
      return `/v1/audit/notices/${hash}`;
    };
    await app.db.query('update consent_versions set at = $2 where consent_id = $1', [consentId, at(-4)]);
    const notices = [await notice(2, -3), await notice(3, -1), await notice(4, 2)];
    const told = async (from: Date, to: Date) => {
      const auditor = await anAuditor(app, { from, to });
      return Promise.all(notices.map(async (path) => (await auditor.api.get(path)).status));
    };
    expect(await told(at(-2), at(1))).toEqual([200, 200, 404]);
    expect(await told(at(-0.5), at(3))).toEqual([404, 200, 200]);
  });
});
