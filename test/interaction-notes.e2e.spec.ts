import { randomUUID } from 'node:crypto';

import { startApp, type TestApp } from './support/app.js';
import { aProgram } from './support/delegations.js';
import type { Reporter } from './support/events.js';
import { exported } from './support/exports.js';
import { race, statusesOf } from './support/race.js';
import { announced, audited } from './support/records.js';
import { aStoryteller, happened, idsOf, listed, tell } from './support/timeline.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

/** A customer of whom something was reported, and by what it is called here. */
async function aPurchase(): Promise<{ reporter: Reporter; id: string; path: string }> {
  const reporter = await aStoryteller(app);
  await tell(reporter, happened(app, reporter, 'transaction.completed', 5));
  const [{ id }] = (await listed(reporter)).items;
  return { reporter, id, path: `/v1/me/interactions/${id}/note` };
}

const codeOf = ({ body }: { body: { type?: string } }) => body.type?.split('/').at(-1);

describe('a note beside an interaction', () => {
  it('is written, read, shown in the list, and removed', async () => {
    const { reporter, path } = await aPurchase();
    const { api } = reporter.customer;
    const text = 'A present for Jo.\nNot to be sent back. 🎁';
    const made = await api.put(path).send({ text }).expect(201);
    expect(made.body).toEqual({ text, updated_at: expect.any(String) as string });
    const read = await api.get(path).expect(200);
    expect(read.body).toEqual(made.body);
    expect(read.headers['etag']).toBe(made.headers['etag']);
    await api.get(path).set('if-none-match', String(read.headers['etag'])).expect(304);
    expect((await listed(reporter, '?note=with')).items).toEqual([expect.objectContaining({ note: made.body })]);

    await api.delete(path).expect(204);
    expect(codeOf(await api.get(path).expect(404))).toBe('note-not-found');
    expect(codeOf(await api.delete(path).expect(404))).toBe('note-not-found');
    await expect(idsOf(reporter, '?note=with')).resolves.toEqual([]);
    expect((await listed(reporter)).items[0].note).toBeNull();
  });

  it('is replaced by who names the one before', async () => {
    const { reporter, path } = await aPurchase();
    const { api } = reporter.customer;
    const first = await api.put(path).send({ text: 'one' }).expect(201);
    const etag = String(first.headers['etag']);
    expect(codeOf(await api.put(path).send({ text: 'two' }).expect(428))).toBe('precondition-required');
    const second = await api.put(path).set('if-match', etag).send({ text: 'two' }).expect(200);
    expect(second.headers['etag']).not.toBe(etag);
    expect(codeOf(await api.put(path).set('if-match', etag).send({ text: 'three' }).expect(412))).toBe('stale-version');
    // Written anew it is another one, even though it begins to count from one.
    await api.delete(path).expect(204);
    app.clock.advance({ minutes: 1 });
    const again = await api.put(path).send({ text: 'one' }).expect(201);
    expect(again.headers['etag']).not.toBe(etag);
    app.clock.advance({ minutes: -1 });
  });

  it('is lost to nobody when two are written at once', async () => {
    const { reporter, id, path } = await aPurchase();
    const { api } = reporter.customer;
    const answers = await race(app.db, 'interactions', { id }, [
      () => api.put(path).send({ text: 'one' }),
      () => api.put(path).send({ text: 'two' }),
    ]);
    expect(statusesOf(answers)).toEqual([201, 428]);
  });

  it.each([
    ['empty', ''],
    ['of blanks', ' \n '],
    ['of more than 1000 characters', 'x'.repeat(1001)],
    ['with what controls a terminal', 'a\u001b[2J'],
    ['that is no text', 42],
  ])('is refused when it is %s', async (_, text) => {
    const { reporter, path } = await aPurchase();
    const { body } = await reporter.customer.api.put(path).send({ text }).expect(400);
    expect(body.errors[0].pointer).toBe('/text');
  });

  it('takes an interaction that there is, and leave to write', async () => {
    const { reporter, path } = await aPurchase();
    const nowhere = `/v1/me/interactions/${randomUUID()}/note`;
    const { api } = reporter.customer;
    expect(codeOf(await api.put(nowhere).send({ text: 'x' }).expect(404))).toBe('interaction-not-found');
    const reader = await aProgram(app, reporter.customer, ['interactions.read']);
    await reader.put(path).send({ text: 'x' }).expect(403);
    const writer = await aProgram(app, reporter.customer, ['interactions.write']);
    await writer.put(path).send({ text: 'x' }).expect(201);
  });

  it('is kept sealed; that it was written is in the log, and the retailer hears nothing of it', async () => {
    const { reporter, path } = await aPurchase();
    const { customer } = reporter;
    const before = await announced(app, customer.key);
    await customer.api.put(path).send({ text: 'for aunt Agatha' }).expect(201);
    const { rows } = await app.db.query<{ text_sealed: Buffer }>(
      'select text_sealed from interaction_notes where customer_id = $1',
      [customer.customerId],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.text_sealed.includes('Agatha')).toBe(false);
    const entries = (await audited(app, customer.key)).filter(({ type }) => type === 'interaction.noted');
    expect(entries).toHaveLength(1);
    expect(JSON.stringify(entries)).not.toContain('Agatha');
    await expect(announced(app, customer.key)).resolves.toEqual(before);
  });

  it('is part of what is taken along, and goes with the interaction', async () => {
    const { reporter, id, path } = await aPurchase();
    await reporter.customer.api.put(path).send({ text: 'for aunt Agatha' }).expect(201);
    const { lines } = await exported(reporter.customer);
    const interaction = lines.find(({ kind }) => kind === 'interaction');
    expect(interaction?.record['note']).toMatchObject({ text: 'for aunt Agatha' });
    await reporter.customer.api.delete(`/v1/me/interactions/${id}`).expect(204);
    const { rowCount } = await app.db.query('select from interaction_notes where customer_id = $1', [
      reporter.customer.customerId,
    ]);
    expect(rowCount).toBe(0);
  });
});
