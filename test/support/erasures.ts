import type { Pool } from 'pg';

import { bearer, type TestCustomer } from './actors.js';
import type { TestApp } from './app.js';
import { tablesOf } from './contents.js';
import { eventually } from './eventually.js';

/** As long as anything of an ended account may still be under way. */
const SETTLED_AFTER_MS = 91_000;

export interface TestErasure {
  readonly number: string;
  readonly token: string;
  readonly execute_at: string;
}

/** Signs in anew, and asks to be erased. */
export async function askToBeErased(app: TestApp, customer: TestCustomer, coolOff?: string): Promise<TestErasure> {
  const { email, password } = customer;
  const { body } = await app.http.post('/v1/sessions').send({ email, password }).expect(201);
  const query = coolOff ? `?cool_off=${coolOff}` : '';
  return (await bearer(app, body.token).delete(`/v1/me${query}`).expect(202)).body;
}

export async function progressOf(app: TestApp, { token }: Pick<TestErasure, 'token'>) {
  return (await bearer(app, token).get('/v1/erasures/current').expect(200)).body;
}

/** Takes every step that is due, whoever else is at it at the moment. */
export function takeSteps(app: TestApp): Promise<void> {
  return eventually(async () => {
    await app.runJob('erasures');
    const { rowCount } = await app.db.query('select from erasures where due_at <= $1', [app.clock.now()]);
    if (rowCount) throw new Error(`Steps of ${rowCount} erasures are due.`);
  });
}

/** Takes all steps of the erasure. */
export async function finish(app: TestApp): Promise<void> {
  await takeSteps(app);
  app.clock.advance({ ms: SETTLED_AFTER_MS });
  await takeSteps(app);
}

/** Somebody who has been here, and of whom nothing is left. */
export async function erased(app: TestApp, customer: TestCustomer): Promise<TestErasure> {
  const erasure = await askToBeErased(app, customer);
  await finish(app);
  return erasure;
}

/** A piece of what names somebody, and what to look for: the ways in which it may be written down. */
export type Trace = readonly [name: string, ...forms: Buffer[]];

/** Text as it is, and its bytes in hexadecimal and base64; of ids those of their 16 bytes, too. */
export function traceOf(name: string, value: string): Trace {
  const forms = [Buffer.from(value)];
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
  if (uuid) forms.push(Buffer.from(value.replaceAll('-', ''), 'hex'));
  const written = forms.flatMap((form) => [
    ...(form.length > 5 ? [Buffer.from(form.toString('hex'))] : []),
    ...(form.length > 5 ? [Buffer.from(form.toString('base64').replace(/=+$/, '').slice(0, -1))] : []),
    ...(form.length > 5 ? [Buffer.from(form.toString('base64url').slice(0, -1))] : []),
  ]);
  return [name, ...forms, ...written];
}

/** The trace of bytes. */
export function traceOfBytes(name: string, bytes: Buffer): Trace {
  return [
    name,
    bytes,
    Buffer.from(bytes.toString('hex')),
    Buffer.from(bytes.toString('base64').replace(/=+$/, '').slice(0, -1)),
    Buffer.from(bytes.toString('base64url').slice(0, -1)),
  ];
}

/** Every value of every row of every table: texts as they are, `bytea` as its bytes. */
export async function* dumped(db: Pool): AsyncIterable<{ table: string; bytes: Buffer }> {
  for (const table of await tablesOf(db)) {
    const { rows, fields } = await db.query<unknown[]>({ text: `select t.* from ${table} t`, rowMode: 'array' });
    for (const row of rows) {
      for (const [index, value] of row.entries()) {
        const at = `${table}.${fields[index]?.name}`;
        if (Buffer.isBuffer(value)) yield { table: at, bytes: value };
        else if (value !== null) {
          const text = typeof value === 'string' ? value : JSON.stringify(value);
          yield { table: at, bytes: Buffer.from(text) };
        }
      }
    }
  }
}

/** Which of the traces are in the database, as `trace: table.column`. */
export async function tracesIn(db: Pool, traces: readonly Trace[]): Promise<string[]> {
  const found = new Set<string>();
  for await (const { table, bytes } of dumped(db)) {
    for (const [name, ...forms] of traces) {
      if (forms.some((form) => bytes.includes(form))) found.add(`${name}: ${table}`);
    }
  }
  return [...found].toSorted();
}

/** Which of the traces are in a text. */
export function tracesInText(text: string, traces: readonly Trace[]): string[] {
  const bytes = Buffer.from(text);
  return traces.filter(([, ...forms]) => forms.some((form) => bytes.includes(form))).map(([name]) => name);
}

/** The tables that have rows of the customer. */
export async function tablesWith({ db }: Pick<TestApp, 'db'>, { customerId }: TestCustomer): Promise<string[]> {
  const found: string[] = [];
  for (const table of await tablesOf(db, 'customer_id')) {
    const { rowCount } = await db.query(`select from ${table} where customer_id = $1 limit 1`, [customerId]);
    if (rowCount) found.push(table);
  }
  return found;
}
