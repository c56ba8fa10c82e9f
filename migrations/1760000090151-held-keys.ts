import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Holds the keys of customers against erasure until the transaction ends, and answers how many there are. One customer
 * after the other: a cluster locks rows of one shard at a time, and for one customer it is half the work of a join.
 */
export class HeldKeys1760000090151 implements MigrationInterface {
  name = 'HeldKeys1760000090151';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create function ccx_hold_keys(buckets int[], customers uuid[]) returns int
      language plpgsql set search_path = public, pg_temp as $$
      declare
        held int := 0;
      begin
        for place in 1 .. cardinality(customers) loop
          perform from subject_keys where bucket = buckets[place] and customer_id = customers[place] for key share;
          held := held + found::int;
        end loop;
        return held;
      end $$`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop function ccx_hold_keys(int[], uuid[])');
  }
}
