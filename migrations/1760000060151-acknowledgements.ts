import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What retailers say of the preferences that they were given: the latest per consent, attribute, key and touchpoint.
 * `item` stands for these three under a key of the customer's, since a key may be the code of an allergen.
 */
export class Acknowledgements1760000060151 implements MigrationInterface {
  name = 'Acknowledgements1760000060151';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table acknowledgements (
        bucket           int not null,
        customer_id      uuid not null,
        consent_id       uuid not null,
        item             bytea not null,
        retailer_id      uuid not null,
        client_id        text not null,
        sealed           bytea not null,
        acknowledged_at  timestamptz not null,
        constraint acknowledgements_pk primary key (bucket, customer_id, consent_id, item),
        constraint acknowledgements_of_customer foreign key (bucket, customer_id)
          references customers (bucket, customer_id)
      )`);
    await db.query(`
      create index acknowledgements_by_retailer
        on acknowledgements (bucket, customer_id, retailer_id, acknowledged_at)`);
    await db.query('grant select, insert, update on acknowledgements to ccx_app');
    await db.query('grant select, delete on acknowledgements to ccx_erase');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table acknowledgements');
  }
}
