import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What customers decide beforehand, and what such a rule did to a request. */
export class ConsentRules1760000000120 implements MigrationInterface {
  name = 'ConsentRules1760000000120';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table consent_rules (
        bucket         int not null,
        customer_id    uuid not null,
        id             uuid not null,
        name           text not null,
        effect         text not null,
        conditions     jsonb not null,
        lifetime_days  int,
        enabled        boolean not null,
        version        int not null,
        created_at     timestamptz not null,
        updated_at     timestamptz not null,
        constraint consent_rules_pk primary key (bucket, customer_id, id),
        constraint consent_rules_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id),
        constraint consent_rules_effect check (effect in ('allow', 'refuse')),
        constraint consent_rules_lifetime check (
          lifetime_days is null or effect = 'allow' and lifetime_days between 1 and 366)
      )`);
    await db.query(`alter table consent_requests add column action text not null default 'merge'`);
    await db.query('alter table consent_requests add column max_reads_per_day int');
    await db.query('alter table consent_requests add column decided_by_rule jsonb');
    await db.query(`alter table consent_requests add column struck jsonb not null default '[]'::jsonb`);
    await db.query(`
      alter table consent_requests add constraint consent_requests_action check (action in ('merge', 'replace'))`);
    await db.query(`
      alter table consent_requests add constraint consent_requests_max_reads check (max_reads_per_day >= 1)`);
    await db.query('alter table consent_versions add column rule jsonb');

    await db.query('grant select, insert, update, delete on consent_rules to ccx_app');
    await db.query('grant select, delete on consent_rules to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table consent_versions drop column rule');
    for (const column of ['struck', 'decided_by_rule', 'max_reads_per_day', 'action']) {
      await db.query(`alter table consent_requests drop column ${column}`);
    }
    await db.query('drop table consent_rules');
  }
}
