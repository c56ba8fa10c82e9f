import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The signed export of one day of disclosures, made before the day's partition goes. */
@Entity('disclosure_segments')
@Check('disclosure_segments_sha256', 'length(sha256) = 32')
@Check('disclosure_segments_counts', 'bytes > 0 and disclosures >= 0')
export class DisclosureSegment {
  /** In UTC: `2026-11-21`. */
  @PrimaryColumn('date', { primaryKeyConstraintName: 'disclosure_segments_pk' }) day!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'disclosure_segments_pk' }) id!: string;
  /** Of the file as it is kept. */
  @Column('bytea') sha256!: Buffer;
  @Column('bigint') bytes!: string;
  /** How many it has. */
  @Column('bigint') disclosures!: string;
  /** A JWS over all of this, signed with a key that stays published. */
  @Column('text') signature!: string;
  @Column('timestamptz', { name: 'made_at' }) madeAt!: Date;
  /** When the day went; null while it is still there. */
  @Column('timestamptz', { name: 'dropped_at', nullable: true }) droppedAt!: Date | null;
}
