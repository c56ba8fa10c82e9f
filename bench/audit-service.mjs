// What the bench of the audit log asks of the service, within the process that is the service.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { built } from './built.mjs';
import { cpuOf } from './measures.mjs';

const FILL = 16_384;

async function services(app) {
  const [{ AuditService }, { Database }, { Sequencer }, { Publisher }, { Random }, { customerKey }] = await Promise.all(
    [
      'audit/audit.service',
      'platform/database/database',
      'audit/sequencer',
      'audit/publisher',
      'platform/random',
      'platform/customer-key',
    ].map((path) => built(`src/${path}`)),
  );
  const get = (provider) => app.get(provider, { strict: false });
  return {
    audit: get(AuditService),
    database: get(Database),
    sequencer: get(Sequencer),
    publisher: get(Publisher),
    random: get(Random),
    customerKey,
    get,
  };
}

/** Those who consent, in turn. */
async function crowd({ database, customerKey }) {
  const rows = await database.reader.query('select customer_id, id, retailer_id from consents');
  let next = 0;
  return () => {
    const { customer_id, id, retailer_id: retailerId } = rows[next++ % rows.length];
    return { customer: customerKey(customer_id), consent: { id, version: 1 }, retailerId };
  };
}

function entryOf({ customer, consent, retailerId }) {
  return {
    type: 'preference.revised',
    at: new Date(),
    actor: { kind: 'customer' },
    customer,
    retailerId,
    consent,
    purposes: ['dpv:PersonalisedBenefits'],
    attributes: ['receipt.delivery'],
    data: { preference: consent.id, version: 2 },
  };
}

/** How long after its commit each of these entries was under a published checkpoint, in milliseconds. */
export async function latency(app, { seconds, perSecond }) {
  const all = await services(app);
  const { audit, database } = all;
  const somebody = await crowd(all);
  const committed = new Map();
  const running = [];
  const end = performance.now() + seconds * 1_000;
  for (let next = performance.now(); next < end; next += 1_000 / perSecond) {
    await pause(Math.max(0, next - performance.now()));
    running.push(
      database
        .transaction((tx) => audit.append(tx, entryOf(somebody())))
        .then(({ id }) => committed.set(id, Date.now())),
    );
  }
  await Promise.all(running);
  await pause(3_000);
  const rows = await database.reader.query(
    `select l.id, c.signed_at from audit_log l
       cross join lateral (select signed_at from audit_checkpoints c where c.size > l.idx order by c.size limit 1) c
      where l.id = any($1)`,
    [[...committed.keys()]],
  );
  if (rows.length < committed.size) throw new Error(`${committed.size - rows.length} entries are under no checkpoint.`);
  return { ms: rows.map(({ id, signed_at }) => signed_at.getTime() - committed.get(id)) };
}

/** Whether what is done is written into the log. */
export async function switchAudit(app, on) {
  const { audit, random } = await services(app);
  if (on) delete audit.appendAll;
  else audit.appendAll = async (_, events) => events.map(() => ({ id: random.id(), leafHash: Buffer.alloc(32) }));
  return {};
}

/** Has so many entries numbered and taken into the tree. */
export async function sequenced(app, { entries }) {
  const { folderPid } = await import('./measures.mjs');
  const postgres = await folderPid(process.argv[3]);
  const all = await services(app);
  const { audit, database, sequencer, publisher } = all;
  const somebody = await crowd(all);
  for (let written = 0; written < entries; written += 500) {
    const events = Array.from({ length: 500 }, () => entryOf(somebody()));
    await database.transaction((tx) => audit.appendAll(tx, events));
  }
  const [{ count }] = await database.reader.query('select count(*)::int as count from audit_pending');
  const [start, before] = [performance.now(), cpuOf(postgres)];
  await sequencer.drain();
  const [end, after] = [performance.now(), cpuOf(postgres)];
  await publisher.publish();
  const cpu = { node: after.node - before.node, postgres: after.postgres - before.postgres };
  return { entries: count, seconds: (end - start) / 1_000, cpu };
}

/** How many bytes an entry takes. */
export async function logSize(databaseUrl) {
  return asOwner(databaseUrl, async (client) => {
    await client.query('vacuum full audit_tiles'); // as it is once the edge has moved on
    const { rows } = await client.query(
      `select count(*)::int as entries, avg(length(sealed))::float as sealed,
              (select sum(pg_total_relation_size(relid)) from pg_partition_tree('audit_log'))::float as log,
              pg_total_relation_size('audit_tiles')::float as tree
         from audit_log`,
    );
    const [{ entries, sealed, log, tree }] = rows;
    return { entry: log / entries, sealed, tree: tree / entries };
  });
}

/** How many disclosures a second become durable. */
export async function disclosing(app, { seconds, readers, how }) {
  const all = await services(app);
  const { database, random, get } = all;
  const { DisclosureRecorder } = await built('src/disclosures/recorder.service');
  const { GroupCommit } = await built('src/disclosures/group-commit');
  const { insertDisclosures } = await built('src/disclosures/disclosures.queries');
  const somebody = await crowd(all);
  const recorder = get(DisclosureRecorder);
  const alone = Object.assign(Object.create(Object.getPrototypeOf(recorder)), recorder);
  const limits = { batch: 1, delayMs: 0, writers: readers, capacity: 5_000 };
  alone.answers = new GroupCommit((answers) => alone.commit(answers), limits);
  const record = {
    group: (disclosure) => recorder.record([disclosure]),
    transaction: (disclosure) => alone.record([disclosure]),
    insert: (disclosure) =>
      database.transaction((tx) => insertDisclosures(tx, recorder.treeOf([disclosure]).rowsOf(disclosure.id))),
  }[how];
  let done = 0;
  const start = performance.now();
  const reader = async () => {
    while (performance.now() - start < seconds * 1_000) {
      await record(disclosureOf(somebody(), random.id()));
      done++;
    }
  };
  await Promise.all(Array.from({ length: readers }, reader));
  return { perSecond: Math.round((done * 1_000) / (performance.now() - start)) };
}

function disclosureOf({ customer, consent, retailerId }, id) {
  return {
    id,
    customer,
    consent,
    retailerId,
    clientId: 'bench-tills',
    attributes: ['receipt.delivery', 'size.footwear'],
    purpose: 'dpv:ServicePersonalisation',
    touchpoint: 'till',
    stage: 'shopping',
    checkedAt: new Date(),
    unchanged: false,
    refused: null,
  };
}

/**
 * Makes the tree as large as that, with entries that say nothing, and publishes it. They are not for search, whose
 * indexes are dropped: they would take minutes and are not asked for proofs.
 */
export async function filled(app, databaseUrl, { leaves }) {
  const { database, publisher, random, sequencer } = await services(app);
  const { integrate } = await built('src/audit/integration');
  const { leafBytes } = await built('src/audit/leaf');
  const { leafHashOf } = await built('src/audit/tree');
  const { lockLogState, raiseLogState } = await built('src/audit/log-tiles.queries');
  await sequencer.drain();
  await asOwner(databaseUrl, async (client) => {
    const { rows } = await client.query(
      `select indexrelid::regclass as name from pg_index
        where indrelid = 'audit_log'::regclass and indexrelid::regclass::text ~ 'time|type|retailer|pseudonym|purpose|attribute'`,
    );
    for (const { name } of rows) await client.query(`drop index ${name}`);
  });
  let size = 0;
  while (size < leaves) {
    size = await database.transaction(async (tx) => {
      const state = await lockLogState(tx);
      const entries = Array.from({ length: Math.min(FILL, leaves - state.size) }, () => {
        const commitment = randomBytes(32);
        return { id: random.id(), commitment, leafHash: leafHashOf(leafBytes(commitment)) };
      });
      await tx.query(
        `insert into audit_log (idx, id, type, at, leaf_hash, commitment, sealed, purposes, attributes)
         select $4::bigint + place - 1, id, 'bench.filled', now(), leaf_hash, commitment, '\\x00', '{}', '{}'
           from unnest($1::uuid[], $2::bytea[], $3::bytea[]) with ordinality as e (id, leaf_hash, commitment, place)`,
        [
          entries.map(({ id }) => id),
          entries.map(({ leafHash }) => leafHash),
          entries.map(({ commitment }) => commitment),
          state.size,
        ],
      );
      const grown = state.size + entries.length;
      await raiseLogState(tx, state, { size: grown, ...(await integrate(tx, state, entries)) });
      return grown;
    });
  }
  await publisher.publish();
  return { leaves: size };
}

async function asOwner(databaseUrl, work) {
  const { Client } = (await import('pg')).default;
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
