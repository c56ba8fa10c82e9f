import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By what auditors find things: a retailer's consents and disclosures, and what was shown, by its hash. */
export class AuditViews1760000080130 implements MigrationInterface {
  name = 'AuditViews1760000080130';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create index consent_refs_of_retailer on consent_refs (retailer_id, id) where kind = 'consent'`);
    await db.query('create index notices_by_hash on notices (hash)');
    await db.query('create index disclosures_by_retailer on disclosures (retailer_id, checked_at, id)');
    // The monitor goes along the log, entry by entry.
    await db.query('create index disclosures_by_entry on disclosures (audit_id)');
  }

  async down(db: QueryRunner): Promise<void> {
    for (const index of [
      'disclosures_by_entry',
      'disclosures_by_retailer',
      'notices_by_hash',
      'consent_refs_of_retailer',
    ]) {
      await db.query(`drop index ${index}`);
    }
  }
}
