import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is known of customers before anything is known of one: counted over at least 50 of them, and naming none. */
export class SuggestionPriors1760000070163 implements MigrationInterface {
  name = 'SuggestionPriors1760000070163';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table suggestion_prior_versions (
        id         uuid not null,
        fitted_at  timestamptz not null,
        customers  int not null,
        constraint suggestion_prior_versions_pk primary key (id)
      )`);
    await db.query(`
      create table suggestion_priors (
        version_id  uuid not null,
        rule        text not null,
        group_name  text not null,
        value       text not null,
        a           double precision not null,
        b           double precision not null,
        base_rate   double precision not null,
        customers   int not null,
        constraint suggestion_priors_pk primary key (version_id, rule, group_name, value),
        constraint suggestion_priors_of_version foreign key (version_id)
          references suggestion_prior_versions (id) on delete cascade,
        constraint suggestion_priors_customers check (customers >= 50)
      )`);
    await db.query('grant select, insert, delete on suggestion_prior_versions, suggestion_priors to ccx_app');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table suggestion_priors');
    await db.query('drop table suggestion_prior_versions');
  }
}
