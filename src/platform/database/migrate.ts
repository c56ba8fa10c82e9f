import { ownerDataSource } from './data-source.js';

/** Brings the schema up to date and answers the names of the migrations that ran. Safe to run from two places at once. */
export async function migrate(url: string, onMigration: (name: string) => void = () => undefined): Promise<string[]> {
  return withOwner(url, async (source) => {
    const runner = source.createQueryRunner();
    await runner.connect();
    try {
      // Two starts at once would both see the same pending migrations. The lock ends with this connection.
      await runner.query(`select pg_advisory_lock(hashtext('ccx migrations'))`);
      const ran = await source.runMigrations({ transaction: 'each' });
      for (const { name } of ran) onMigration(name);
      return ran.map(({ name }) => name);
    } finally {
      await runner.query(`select pg_advisory_unlock(hashtext('ccx migrations'))`).catch(() => undefined);
      await runner.release();
    }
  });
}

/** Undoes the migration that ran last. */
export async function revertLast(url: string): Promise<void> {
  await withOwner(url, (source) => source.undoLastMigration({ transaction: 'each' }));
}

/** Names the migrations that have not run yet, without changing anything. */
export async function pendingMigrations(url: string): Promise<string[]> {
  return withOwner(url, async (source) => {
    const [table] = await source.query<{ known: string | null }[]>(`select to_regclass('migrations')::text as known`);
    const ran = table?.known ? await source.query<{ name: string }[]>('select name from migrations') : [];
    const done = new Set(ran.map(({ name }) => name));
    return source.migrations.map(({ name, constructor }) => name ?? constructor.name).filter((name) => !done.has(name));
  });
}

async function withOwner<T>(url: string, work: (source: ReturnType<typeof ownerDataSource>) => Promise<T>): Promise<T> {
  const source = ownerDataSource({ url });
  await source.initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}
