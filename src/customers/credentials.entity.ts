import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * The password of a customer. Whoever changes what opens the account locks this row first, so that a sign-in that is
 * under way with the old password cannot outlive the change.
 */
@Entity('customer_passwords')
@Check('customer_passwords_are_argon2id', `password_hash like '$argon2id$%'`)
export class CustomerPassword {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'customer_passwords_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'customer_passwords_pk' })
  customerId!: string;
  @Column('text', { name: 'password_hash' }) passwordHash!: string;
  @Column('timestamptz', { name: 'changed_at' }) changedAt!: Date;
}

/** A code that opens the account once. Its row goes when it is used. */
@Entity('recovery_codes')
@Check('recovery_codes_hash_is_sha256', 'length(code_hash) = 32')
export class RecoveryCode {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'recovery_codes_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'recovery_codes_pk' }) customerId!: string;
  @PrimaryColumn('bytea', { name: 'code_hash', primaryKeyConstraintName: 'recovery_codes_pk' }) codeHash!: Buffer;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
