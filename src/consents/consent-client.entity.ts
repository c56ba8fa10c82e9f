import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** One client that has tokens under a consent. A token names the epoch; raising it ends all tokens of before. */
@Entity('consent_clients')
@ForeignKey('Consent', ['bucket', 'customerId', 'consentId'], ['bucket', 'customerId', 'id'], {
  name: 'consent_clients_of_consent',
})
export class ConsentClient {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'consent_clients_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'consent_clients_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { name: 'consent_id', primaryKeyConstraintName: 'consent_clients_pk' }) consentId!: string;
  @PrimaryColumn('text', { name: 'client_id', primaryKeyConstraintName: 'consent_clients_pk' }) clientId!: string;
  @Column('int', { name: 'token_epoch' }) tokenEpoch!: number;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
