import { createHash } from 'node:crypto';

import { aCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aProgram } from './support/delegations.js';
import { aVoid } from './support/events.js';
import { exported } from './support/exports.js';
import { audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';
import { aStoryteller, happened, idHere, tell } from './support/timeline.js';

const DAY = 1_440;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

/** A customer of whom two retailers reported five things: three count, one is disputed, one was taken back. */
async function reportedOf() {
  const retailer = await aRetailer(app, { name: 'Tom <b>& Jo</b>' });
  const grocer = await aStoryteller(app, { retailer });
  const tailor = await aStoryteller(app, { customer: grocer.customer });
  const sales = [1, 2, 40 * DAY].map((minutes) => happened(app, grocer, 'transaction.completed', minutes));
  const offer = happened(app, tailor, 'promotion.offered', 3, { ccxtouchpoint: 'email', data: { campaign: 'x' } });
  const sale = happened(app, tailor, 'transaction.completed', 4);
  await tell(grocer, ...sales);
  await tell(tailor, offer, sale, aVoid(sale));
  const disputed = await idHere(grocer, sales[0]!);
  await grocer.customer.api.post(`/v1/me/interactions/${disputed}/dispute`).send({ reason: 'not_me' }).expect(201);
  return { customer: grocer.customer, grocer, tailor };
}

type Asking = Parameters<typeof summaryOf>[1];
async function summaryOf(
  { api }: Awaited<ReturnType<typeof aCustomer>>,
  { language = 'en', query = '' }: { language?: string; query?: string } = {},
) {
  return api.get(`/v1/me/export/summary${query}`).set('accept-language', language).expect(200);
}
const pageOf = async (customer: Awaited<ReturnType<typeof aCustomer>>, asked?: Asking) =>
  (await summaryOf(customer, asked)).text;
const textOf = (markup: string) => markup.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

describe('the summary of an export', () => {
  it('is a page with pictures of who reported what, and the numbers behind each of them', async () => {
    const { customer, tailor } = await reportedOf();
    const { text, headers } = await summaryOf(customer);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-disposition']).toBe('inline; filename="ccx-summary.html"');
    const said = textOf(text);
    expect(said).toContain('5 interactions reported');
    expect(said).toContain('3 of them count');
    expect(said).toContain(tailor.retailer.name);
    const pictures = text.match(/<svg[^>]*role="img"/g) ?? [];
    expect(pictures).toHaveLength(5);
    expect(text.match(/<details>/g)).toHaveLength(4);
    for (const [, id] of text.matchAll(/aria-labelledby="([^ ]+) /g)) expect(text).toContain(`<title id="${id}">`);
    expect(said).toMatch(/Retailer Counts Disputed by me Corrected Taken back All .* 2 1 0 0 3 .* 1 0 0 1 2/);
  });

  it('escapes what retailers are called', async () => {
    const { customer } = await reportedOf();
    const page = await pageOf(customer);
    expect(page).not.toContain('<b>& Jo');
    expect(page).toContain('Tom &lt;b&gt;&amp; Jo&lt;/b&gt;');
  });

  it('needs nothing but itself, and its policy allows nothing more', async () => {
    const { customer } = await reportedOf();
    const { text, headers } = await summaryOf(customer);
    const style = /<style>([^]*?)<\/style>/.exec(text)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
    expect(headers['content-security-policy']).toBe(`${policy}; frame-ancestors 'none'`);
    expect(text.replaceAll('&#39;', "'")).toContain(`content="${policy}"`);
    expect(text).not.toMatch(/<script|javascript:|\son\w+=|\sstyle=|https?:|url\(|@import/i);
    expect(headers['cache-control']).toContain('no-store');
  });

  it('is in the language of the reader', async () => {
    const { customer } = await reportedOf();
    const { text, headers } = await summaryOf(customer, { language: 'de-AT, en;q=0.5' });
    expect(headers['content-language']).toBe('de');
    expect(text).toContain('<html lang="de">');
    expect(textOf(text)).toContain('Wer was gemeldet hat, Monat für Monat');
    expect(textOf(text)).toContain('Von mir bestritten');
    expect(textOf(await pageOf(customer))).toContain('Who reported what, month by month');
  });

  it('counts by the calendar of the reader, and says by which', async () => {
    const grocer = await aStoryteller(app);
    const now = app.clock.now();
    // Half an hour before the month began in Greenwich, it had begun in Berlin.
    const turn = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth()) - 1_800_000);
    const monthIn = (timeZone: string) =>
      new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone }).format(turn);
    await tell(grocer, happened(app, grocer, 'transaction.completed', 0, { time: turn.toISOString() }));
    for (const zone of ['UTC', 'Europe/Berlin']) {
      const said = textOf(await pageOf(grocer.customer, { query: zone === 'UTC' ? '' : `?time_zone=${zone}` }));
      expect(said).toContain(`time zone ${zone}`);
      expect(said).toContain(`${monthIn(zone)} 1 1`);
    }
    expect(monthIn('UTC')).not.toBe(monthIn('Europe/Berlin'));
    const { body } = await grocer.customer.api.get('/v1/me/export/summary?time_zone=Middle-earth').expect(400);
    expect(body.errors[0].pointer).toBe('query/time_zone');
  });

  it('says so where nobody reported anything', async () => {
    const customer = await aCustomer(app);
    const page = await pageOf(customer);
    expect(textOf(page)).toContain('No retailer has reported anything of you.');
    expect(page).not.toContain('role="img"');
  });

  it('is part of the export of everything, as it is by itself', async () => {
    const { customer } = await reportedOf();
    const { lines } = await exported(customer);
    const summaries = lines.filter(({ kind }) => kind === 'summary');
    expect(summaries).toEqual([
      {
        kind: 'summary',
        record: {
          media_type: 'text/html; charset=utf-8',
          language: 'en',
          time_zone: 'UTC',
          content: expect.stringContaining('5 ') as string,
        },
      },
    ]);
    const content = summaries[0]?.record['content'] as string;
    expect(textOf(content)).toContain('5 interactions reported');
    const provided = await exported(customer, 'provided');
    expect(provided.lines.filter(({ kind }) => kind === 'summary')).toEqual([]);
  });

  it('takes a recent sign-in, is recorded, and is no matter for programs', async () => {
    const { customer } = await reportedOf();
    await pageOf(customer);
    const entries = (await audited(app, customer.key)).filter(({ type }) => type === 'export.made');
    expect(entries).toEqual([expect.objectContaining({ data: { kind: 'summary' } })]);
    const program = await aProgram(app, customer, ['interactions.read']);
    await program.get('/v1/me/export/summary').expect(403);
    app.clock.advance({ minutes: 6 });
    const { body } = await customer.api.get('/v1/me/export/summary').expect(401);
    app.clock.advance({ minutes: -6 });
    expect(body.type).toBe(`${app.url}/problems/recent-sign-in-required`);
  });
});
