import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What customers say is wrong of what retailers reported, and what the retailers answer. An event feeds nothing for as
 * long as it has a dispute that its customer has not taken back. `dispute_refs` tells whose the dispute is of which a
 * retailer knows the id alone, and which disputes a retailer has.
 */
export class InteractionDisputes1760000070150 implements MigrationInterface {
  name = 'InteractionDisputes1760000070150';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table interaction_disputes (
        bucket          int not null,
        customer_id     uuid not null,
        id              uuid not null,
        interaction_id  uuid not null,
        occurred_at     timestamptz not null,
        key_hash        bytea not null,
        retailer_id     uuid not null,
        reason          text not null,
        text_sealed     bytea,
        share_text      boolean not null,
        disputed_at     timestamptz not null,
        retracted_at    timestamptz,
        answer          text,
        correction_key  bytea,
        note_code       text,
        answered_at     timestamptz,
        answered_by     text,
        constraint interaction_disputes_pk primary key (bucket, customer_id, id),
        constraint interaction_disputes_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id),
        constraint interaction_disputes_reason
          check (reason in ('not_me', 'wrong_content', 'wrong_time', 'not_consented', 'other')),
        constraint interaction_disputes_answer check (answer in ('corrected', 'withdrawn', 'stands')),
        constraint interaction_disputes_answered
          check ((answer is null) = (answered_at is null) and (answer is null) = (answered_by is null)),
        constraint interaction_disputes_correction check (correction_key is null or answer = 'corrected'),
        constraint interaction_disputes_shared check (not share_text or text_sealed is not null)
      )`);
    await db.query(`
      create unique index interaction_disputes_one_open
        on interaction_disputes (bucket, customer_id, key_hash) where retracted_at is null`);
    await db.query(`
      create table dispute_refs (
        retailer_id  uuid not null,
        id           uuid not null,
        bucket       int not null,
        customer_id  uuid not null,
        constraint dispute_refs_pk primary key (retailer_id, id)
      )`);
    await db.query('create index dispute_refs_by_customer on dispute_refs (bucket, customer_id)');

    await db.query('grant select, insert, update on interaction_disputes to ccx_app');
    await db.query('grant select, insert on dispute_refs to ccx_app');
    await db.query('grant select, delete on interaction_disputes, dispute_refs to ccx_erase');
    // To hold an event's row against its deletion takes the right to change it. What may delete it gains nothing by that.
    await db.query('grant update (received_at) on interactions to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('revoke update (received_at) on interactions from ccx_erase');
    await db.query('drop table dispute_refs');
    await db.query('drop table interaction_disputes');
  }
}
