import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** No personal token is valid for longer. */
export const PERSONAL_TOKEN_LIFE_MS = 90 * 24 * 3_600_000;

/** A token that a customer made for a program of their own. Its row goes when it is revoked. */
@Entity('personal_tokens')
@Index('personal_tokens_by_token', ['bucket', 'customerId', 'tokenHash'], { unique: true })
@Check('personal_tokens_token_hash_is_sha256', 'length(token_hash) = 32')
@Check('personal_tokens_have_scopes', 'cardinality(scopes) > 0')
@Check('personal_tokens_never_rule_the_account', `not ('account' = any (scopes))`)
export class PersonalToken {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'personal_tokens_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'personal_tokens_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'personal_tokens_pk' }) id!: string;
  @Column('bytea', { name: 'token_hash' }) tokenHash!: Buffer;
  @Column('bytea', { name: 'name_sealed' }) nameSealed!: Buffer;
  @Column('text', { array: true }) scopes!: string[];
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'last_used_at', nullable: true }) lastUsedAt!: Date | null;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}
