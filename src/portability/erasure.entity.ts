import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

export const erasureStatuses = ['waiting', 'erasing', 'settling', 'finished', 'cancelled'] as const;
export type ErasureStatus = (typeof erasureStatuses)[number];

/** `restored`: the database came back from a backup, and with it somebody who had been erased since. */
export type ErasureCause = 'asked' | 'restored';

/**
 * How far an erasure has come. It says nothing of whose it is: the customer follows it with a token of its own, once
 * there is no account any more.
 */
@Entity('erasures')
@Index('erasures_by_token', ['tokenHash'], { unique: true })
@Index('erasures_due', ['dueAt'], { where: 'due_at is not null' })
@Check('erasures_cause', `cause in ('asked', 'restored')`)
@Check('erasures_status', `status in ('waiting', 'erasing', 'settling', 'finished', 'cancelled')`)
export class Erasure {
  /** The erasure number. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'erasures_pk' }) id!: string;
  @Column('bytea', { name: 'token_hash', nullable: true }) tokenHash!: Buffer | null;
  @Column('text') cause!: ErasureCause;
  @Column('text') status!: ErasureStatus;
  @Column('timestamptz', { name: 'requested_at' }) requestedAt!: Date;
  /** Until then it can be cancelled. */
  @Column('timestamptz', { name: 'execute_at' }) executeAt!: Date;
  @Column('timestamptz', { name: 'began_at', nullable: true }) beganAt!: Date | null;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;
  /** When its next step is to be taken; null when there is none. */
  @Column('timestamptz', { name: 'due_at', nullable: true }) dueAt!: Date | null;
  /** How often the step at hand has failed. */
  @Column('int', { default: 0 }) attempts!: number;
  /** Whose data is gone, by the names of the registry. */
  @Column('text', { array: true, default: () => "'{}'" }) modules!: string[];
  /** How many steps there are in all. */
  @Column('int', { default: 0 }) total!: number;
  /** How many rows of which table were deleted. */
  @Column('jsonb', { default: () => "'{}'" }) counts!: Record<string, number>;
  /** What the customer can show for it: a JWS. */
  @Column('text', { nullable: true }) receipt!: string | null;

  static asked(asked: Pick<Erasure, 'id' | 'tokenHash' | 'cause'>, at: Date, executeAt: Date): Erasure {
    return Object.assign(new Erasure(), {
      ...asked,
      status: 'waiting',
      requestedAt: at,
      executeAt,
      beganAt: null,
      finishedAt: null,
      dueAt: executeAt,
      attempts: 0,
      modules: [],
      total: 0,
      counts: {},
      receipt: null,
    } as const);
  }

  /** How many steps are done. */
  done(): number {
    if (this.status === 'finished') return this.total;
    return this.status === 'settling' ? this.total - 1 : this.modules.length;
  }

  /** Not once its time has come: whether or not its first step has succeeded, the register may know of it. */
  isCancellable(now: Date): boolean {
    return this.status === 'waiting' && now < this.executeAt;
  }

  cancel(at: Date): void {
    this.status = 'cancelled';
    this.dueAt = null;
    this.finishedAt = at;
  }

  /** The account has ended; from now on rows are deleted. */
  begin(at: Date, total: number): void {
    this.status = 'erasing';
    this.beganAt = at;
    this.total = total;
    this.dueAt = at;
  }

  /** What these modules held is gone. */
  deleted(modules: readonly string[], counts: Readonly<Record<string, number>>): void {
    this.modules = [...new Set([...this.modules, ...modules])];
    for (const [table, count] of Object.entries(counts)) {
      if (count > 0) this.counts = { ...this.counts, [table]: (this.counts[table] ?? 0) + count };
    }
  }

  /** Nothing is left; once nobody can add anything any more, that is looked at again. */
  settle(until: Date): void {
    this.status = 'settling';
    this.dueAt = until;
  }

  finish(at: Date, receipt: string): void {
    this.status = 'finished';
    this.finishedAt = at;
    this.receipt = receipt;
    this.dueAt = null;
  }
}

/** Whom an erasure is about, until there is nothing left of them. */
@Entity('erasing_customers')
@ForeignKey('Erasure', ['erasureId'], ['id'], {
  name: 'erasing_customers_of_erasure',
  deferrable: 'INITIALLY DEFERRED', // whoever claims the customer first makes the erasure
})
@Index('erasing_customers_by_erasure', ['erasureId'], { unique: true })
export class ErasingCustomer {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'erasing_customers_pk' }) bucket!: number;
  @PrimaryColumn('uuid', { name: 'customer_id', primaryKeyConstraintName: 'erasing_customers_pk' }) customerId!: string;
  @Column('uuid', { name: 'erasure_id' }) erasureId!: string;
  /** By what the log names the customer, once the key that makes it is destroyed. */
  @Column('bytea', { nullable: true }) pseudonym!: Buffer | null;
}
