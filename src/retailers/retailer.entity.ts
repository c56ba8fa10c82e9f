import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

import { attributesOfMenu, type Menu, type MenuAttributes } from './menu.js';

export type RetailerStatus = 'pending' | 'active' | 'suspended';

/** An organisation that customers may let read their preferences and report what happened. */
@Entity('retailers')
@Check('retailers_status', `status in ('pending', 'active', 'suspended')`)
export class Retailer {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'retailers_pk' }) id!: string;
  /** What customers know it by. */
  @Column('text') name!: string;
  @Column('text', { name: 'legal_name' }) legalName!: string;
  /** What it sells, as the operator confirmed it; preferences for a sector apply to it through these. */
  @Column('text', { array: true }) sectors!: string[];
  @Column('text') status!: RetailerStatus;
  /** ISO 3166-1 alpha-2. */
  @Column('text') country!: string;
  @Column('text') website!: string;
  @Column('text', { name: 'privacy_url' }) privacyUrl!: string;
  /** What it offers customers in return, in its own words; shown when it asks for consent. */
  @Column('text', { nullable: true }) incentive!: string | null;
  /** Encrypts customer ids into the subjects that this retailer sees. Wrapped by the KEK. */
  @Column('bytea', { name: 'pairwise_key', select: false }) pairwiseKey!: Buffer;
  /** Where it meets customers. Its clients are each given some of these. */
  @Column('text', { array: true }) touchpoints!: string[];
  /** What it can honour at each touchpoint, and what it does with it, as it published that. */
  @Column('jsonb', { default: () => "'{}'", select: false }) menu!: Menu;
  /** The attributes of the menu alone, for every read: the words are many and seldom looked at. */
  @Column('jsonb', { name: 'menu_attributes', default: () => "'{}'" }) menuAttributes!: MenuAttributes;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'approved_at', nullable: true }) approvedAt!: Date | null;
  @Column('timestamptz', { name: 'suspended_at', nullable: true }) suspendedAt!: Date | null;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;

  /** Whether approving it for these sectors would change nothing. */
  isApprovedFor(sectors: readonly string[]): boolean {
    return (
      this.status === 'active' &&
      sectors.length === this.sectors.length &&
      sectors.every((sector) => this.sectors.includes(sector))
    );
  }

  approve(sectors: readonly string[], now: Date): void {
    this.status = 'active';
    this.sectors = [...sectors];
    this.approvedAt ??= now;
    this.updatedAt = now;
  }

  publishMenu(menu: Menu, now: Date): void {
    this.menu = menu;
    this.menuAttributes = attributesOfMenu(menu);
    this.updatedAt = now;
  }

  suspend(now: Date): void {
    this.status = 'suspended';
    this.suspendedAt = now;
    this.updatedAt = now;
  }

  /** Back to what it was: a retailer that was never approved waits for approval again. */
  reinstate(now: Date): void {
    this.status = this.approvedAt ? 'active' : 'pending';
    this.suspendedAt = null;
    this.updatedAt = now;
  }
}
