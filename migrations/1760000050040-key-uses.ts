import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keys for tokens and keys for receipts, each with a next and a current one of their own. A key that may have leaked is
 * revoked, and the private part of a key that signs no more is destroyed.
 */
export class KeyUses1760000050040 implements MigrationInterface {
  name = 'KeyUses1760000050040';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table signing_keys add column use text');
    await db.query(`update signing_keys set use = 'token'`);
    await db.query('alter table signing_keys alter column use set not null');
    await db.query('alter table signing_keys add column revoked_at timestamptz');
    await db.query('alter table signing_keys alter column private_wrapped drop not null');
    await db.query(`alter table signing_keys add constraint signing_keys_use check (use in ('token', 'receipt'))`);
    await db.query('alter table signing_keys drop constraint signing_keys_status');
    await db.query(
      `alter table signing_keys add constraint signing_keys_status
         check (status in ('next', 'current', 'retired', 'revoked'))`,
    );
    await db.query(
      `alter table signing_keys add constraint signing_keys_can_sign
         check (status in ('retired', 'revoked') or private_wrapped is not null)`,
    );
    await db.query('drop index signing_keys_one_next');
    await db.query('drop index signing_keys_one_current');
    await db.query(`create unique index signing_keys_one_next on signing_keys (use, status) where status = 'next'`);
    await db.query(
      `create unique index signing_keys_one_current on signing_keys (use, status) where status = 'current'`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index signing_keys_one_current');
    await db.query('drop index signing_keys_one_next');
    // What the schema before could not hold.
    await db.query(`delete from signing_keys where use <> 'token' or private_wrapped is null`);
    await db.query(`create unique index signing_keys_one_next on signing_keys (status) where status = 'next'`);
    await db.query(`create unique index signing_keys_one_current on signing_keys (status) where status = 'current'`);
    await db.query('alter table signing_keys drop constraint signing_keys_can_sign');
    await db.query('alter table signing_keys drop constraint signing_keys_status');
    await db.query(
      `alter table signing_keys add constraint signing_keys_status check (status in ('next', 'current', 'retired'))`,
    );
    await db.query('alter table signing_keys drop constraint signing_keys_use');
    await db.query('alter table signing_keys alter column private_wrapped set not null');
    await db.query('alter table signing_keys drop column revoked_at');
    await db.query('alter table signing_keys drop column use');
  }
}
