import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The tree over the log, in tiles of 256 hashes (C2SP tlog-tiles), and what each leaf is made of. Entries of before get
 * their commitment and their place in the tree from the sequencer, which can open them.
 */
export class LogTiles1760000080100 implements MigrationInterface {
  name = 'LogTiles1760000080100';

  async up(db: QueryRunner): Promise<void> {
    for (const table of ['audit_pending', 'audit_log']) {
      await db.query(`alter table ${table} add column commitment bytea`);
      await db.query(
        `alter table ${table} add constraint ${table}_commitment_is_sha256 check (length(commitment) = 32)`,
      );
      // What can no longer be opened can be committed to no more.
      await db.query(
        `alter table ${table} add constraint ${table}_erased_keeps_commitment
           check (length(sealed) > 0 or commitment is not null)`,
      );
    }
    await db.query(`
      create table audit_tiles (
        level   int not null,
        idx     bigint not null,
        hashes  bytea not null,
        constraint audit_tiles_pk primary key (level, idx),
        constraint audit_tiles_hold_hashes check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0)
      )`);
    // Hashes do not compress; trying to would cost more than all the rest.
    await db.query('alter table audit_tiles alter column hashes set storage external');
    await db.query('alter table audit_state add column integrated bigint not null default 0');
    await db.query(`alter table audit_state add column root bytea not null default sha256('')`);
    await db.query(
      'alter table audit_state add constraint audit_state_integrated check (integrated between 0 and size)',
    );
    await db.query('alter table audit_state add constraint audit_state_root_is_sha256 check (length(root) = 32)');
    // Nobody may change an entry. The one thing that an old one lacks can be added once, and only if its hash agrees.
    await db.query(`
      create function ccx_add_commitments(places bigint[], commitments bytea[]) returns bigint
      language sql security definer set search_path = public, pg_temp as $$
        with added as (
          update audit_log l set commitment = given.commitment
            from unnest(places, commitments) as given (idx, commitment)
           where l.idx = given.idx and l.commitment is null
             and l.leaf_hash = sha256('\\x00'::bytea || convert_to(
               '{"c":"' || rtrim(translate(encode(given.commitment, 'base64'), '+/' || chr(10), '-_'), '=') || '","v":1}',
               'UTF8'))
          returning l.idx)
        select count(*) from added
      $$`);
    await db.query('revoke execute on function ccx_add_commitments(bigint[], bytea[]) from public');
    await db.query('grant execute on function ccx_add_commitments(bigint[], bytea[]) to ccx_app');
    await db.query('grant update (commitment) on audit_pending to ccx_app');
    // Tiles follow from the entries, and can be made from them again.
    await db.query('grant select, insert, update, delete on audit_tiles to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop function ccx_add_commitments(bigint[], bytea[])');
    await db.query('alter table audit_state drop column root');
    await db.query('alter table audit_state drop column integrated');
    await db.query('drop table audit_tiles');
    for (const table of ['audit_log', 'audit_pending']) await db.query(`alter table ${table} drop column commitment`);
  }
}
