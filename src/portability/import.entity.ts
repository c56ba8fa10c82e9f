import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

export const importStatuses = ['pending', 'confirmed', 'discarded'] as const;
/** `pending` while anything of it waits for the customer. */
export type ImportStatus = (typeof importStatuses)[number];

/** A file that a customer brought in: what it came to, and whether it is settled. */
@Entity('imports')
@ForeignKey('Customer', ['bucket', 'customerId'], ['bucket', 'customerId'], { name: 'imports_of_customer' })
@Index('imports_settled_at', ['settledAt'], { where: 'settled_at is not null' })
@Check('imports_status', `status in ('pending', 'confirmed', 'discarded')`)
@Check('imports_settled', `(settled_at is null) = (status = 'pending')`)
export class Import {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'imports_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'imports_pk' }) customerId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'imports_pk' }) id!: string;
  @Column('text') status!: ImportStatus;
  /** All but its items, sealed: it is little, and all that a list takes. */
  @Column('bytea') summary!: Buffer;
  /** Sealed by themselves. */
  @Column('bytea') items!: Buffer;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'settled_at', nullable: true }) settledAt!: Date | null;
}
