import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A code that a customer shows at a till. Its row goes when it is used. */
@Entity('till_codes')
@Index('till_codes_by_customer', ['bucket', 'customerId'])
@Index('till_codes_expiry', ['expiresAt'])
@Check('till_codes_code_hash_is_sha256', 'length(code_hash) = 32')
export class TillCode {
  @PrimaryColumn('bytea', { name: 'code_hash', primaryKeyConstraintName: 'till_codes_pk' }) codeHash!: Buffer;
  @Column('int') bucket!: number;
  @Column('uuid', { name: 'customer_id' }) customerId!: string;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}
