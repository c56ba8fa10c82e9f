import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Customers take what they gave one retailer along to another: they approve beforehand what that one will ask for. It
 * has a receipt when it is agreed to, and another one when it is called off.
 */
export class PreApprovals1760000060190 implements MigrationInterface {
  name = 'PreApprovals1760000060190';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table consent_requests add column pre_approval jsonb');
    await db.query('alter table consent_requests drop constraint consent_requests_status');
    await db.query(`
      alter table consent_requests add constraint consent_requests_status check (
        status in ('open', 'pre_approved', 'approved', 'narrowed', 'refused', 'lapsed'))`);
    await db.query(`
      alter table consent_requests add constraint consent_requests_pre_approval check (
        (origin = 'switch') = (pre_approval is not null))`);
    await db.query(`
      create unique index consent_requests_one_pre_approval
        on consent_requests (bucket, customer_id, retailer_id) where status = 'pre_approved'`);
    await db.query('drop index consent_requests_lapsing');
    await db.query(`
      create index consent_requests_lapsing on consent_requests (expires_at) where status in ('open', 'pre_approved')`);

    await db.query('alter table consent_receipts drop constraint consent_receipts_event');
    await db.query(`
      alter table consent_receipts add constraint consent_receipts_event check (event in (
        'given', 'refused', 'amended', 'paused', 'resumed', 'renewed', 'withdrawn', 'expired', 'pre_approved'))`);
    await db.query('drop index consent_receipts_one_per_decision');
    await db.query(`
      create unique index consent_receipts_one_per_decision
        on consent_receipts (bucket, customer_id, request_id, event) where request_id is not null`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index consent_receipts_one_per_decision');
    await db.query(`
      create unique index consent_receipts_one_per_decision
        on consent_receipts (bucket, customer_id, request_id) where request_id is not null`);
    await db.query('alter table consent_receipts drop constraint consent_receipts_event');
    await db.query(`
      alter table consent_receipts add constraint consent_receipts_event check (event in (
        'given', 'refused', 'amended', 'paused', 'resumed', 'renewed', 'withdrawn', 'expired'))`);
    await db.query('drop index consent_requests_lapsing');
    await db.query(`create index consent_requests_lapsing on consent_requests (expires_at) where status = 'open'`);
    await db.query('drop index consent_requests_one_pre_approval');
    await db.query('alter table consent_requests drop constraint consent_requests_pre_approval');
    await db.query('alter table consent_requests drop constraint consent_requests_status');
    await db.query(`
      alter table consent_requests add constraint consent_requests_status check (
        status in ('open', 'approved', 'narrowed', 'refused', 'lapsed'))`);
    await db.query('alter table consent_requests drop column pre_approval');
  }
}
