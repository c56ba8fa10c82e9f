import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import { type Actor, AuditService } from '../audit/audit.service.js';
import { ConsentEndings } from '../consents/consent-endings.service.js';
import { CustomersService } from '../customers/customers.service.js';
import { Clock } from '../platform/clock.js';
import { pseudonymOf, SubjectKeys } from '../platform/crypto/subject-keys.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { Database, takeTime, type Tx } from '../platform/database/database.js';
import { ErasureRegister } from '../platform/erasure-register.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { PersonalData, type PersonalDataOfModule } from '../platform/personal-data.js';
import { ErasingCustomer, type Erasure } from './erasure.entity.js';
import { ErasureNotices } from './erasure-notices.service.js';
import { ErasureReceipts } from './erasure-receipts.js';
import { countRows, hasUncommitted, lockDue, stripEntries } from './erasures.queries.js';

/** By this name the registry knows what is kept of an erasure itself. It goes with the last step. */
export const ERASURES = 'erasures';

const LOOK_EVERY_MS = 1_000;
/** Longer than any process remembers a key or works on a request. */
const SETTLE_MS = 90_000;
const STRIPPED_AT_ONCE = 5_000;
const COMMITTED_SOON_MS = 2_000;
const LONGEST_PAUSE_MS = 600_000;

/**
 * Erases customers, step by step: any process takes the next step of any erasure, each step is a transaction that
 * records how far it has come, and a process that dies leaves the step to another one.
 *
 * 1. The account ends: consents are withdrawn and retailers told, whatever lets somebody in goes, and the keys. From this
 *    commit on nobody, the broker included, can read anything of the customer, and nothing of theirs can be written.
 * 2. Rows are deleted, one module after the other, and taken out of the log's rows what is sealed there.
 * 3. Once everything is over that was under way at the first step, both are done again, in one, and the receipt is made.
 */
@Injectable()
export class Eraser implements OnModuleInit {
  private readonly logger = new Logger(Eraser.name);

  constructor(
    private readonly database: Database,
    private readonly personalData: PersonalData,
    private readonly keys: SubjectKeys,
    private readonly register: ErasureRegister,
    private readonly endings: ConsentEndings,
    private readonly customers: CustomersService,
    private readonly notices: ErasureNotices,
    private readonly receipts: ErasureReceipts,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('erasures', LOOK_EVERY_MS, () => this.work());
  }

  /** Takes every step that is due. */
  async work(): Promise<void> {
    while (await this.takeOne()) continue;
  }

  /** Answers whether there was anything to do. One that fails is tried again later, for ever, ever more rarely. */
  private async takeOne(): Promise<boolean> {
    let id: string | undefined;
    try {
      return await this.database.transaction(async (tx) => {
        const now = this.clock.now();
        const erasure = await lockDue(tx, now);
        if (!erasure) return false;
        id = erasure.id;
        await this.step(tx, erasure, now);
        erasure.attempts = 0;
        await tx.save(erasure);
        return true;
      });
    } catch (error) {
      if (id === undefined) throw error;
      this.logger.error(`A step of the erasure ${id} failed and will be tried again.`, error);
      await this.postpone(id);
      return true;
    }
  }

  private async step(tx: Tx, erasure: Erasure, now: Date): Promise<void> {
    // Rows of a long life may take longer than a statement of a request may.
    await takeTime(tx);
    const erasing = await tx.findOneByOrFail(ErasingCustomer, { erasureId: erasure.id });
    const customer = customerKey(erasing.customerId);
    if (erasure.status === 'waiting') return this.endAccount(tx, erasure, erasing, now);
    if (erasure.status === 'settling') return this.finish(tx, erasure, erasing, now);

    const next = this.rest().find(({ module }) => !erasure.modules.includes(module));
    if (next) return this.delete(tx, erasure, customer, [next]);
    if ((await this.strip(tx, erasing)) < STRIPPED_AT_ONCE) {
      erasure.settle(new Date((erasure.beganAt as Date).getTime() + SETTLE_MS));
    }
  }

  private async endAccount(tx: Tx, erasure: Erasure, erasing: ErasingCustomer, now: Date): Promise<void> {
    const customer = customerKey(erasing.customerId);
    // Nobody writes anything of the customer into the log from here on; whoever is writing has finished.
    const keys = await this.keys.lock(tx, customer);
    if (keys) {
      erasing.pseudonym = pseudonymOf(keys.auditKey);
      if (await hasUncommitted(tx, erasing.bucket, erasing.pseudonym)) {
        erasure.dueAt = new Date(now.getTime() + COMMITTED_SOON_MS);
        return;
      }
      const actor: Actor = { kind: erasure.cause === 'asked' ? 'customer' : 'system' };
      const consents = await this.endings.endAll(tx, customer, actor, now);
      await this.notices.tell(tx, erasure, customer, consents, now);
      await tx.save(erasing);
    }
    await this.customers.markErased(tx, customer, now);
    erasure.begin(now, this.steps());
    await this.delete(tx, erasure, customer, this.atOnce());
    await this.register.add(customer);
  }

  private async delete(
    tx: Tx,
    erasure: Erasure,
    customer: CustomerKey,
    modules: readonly PersonalDataOfModule[],
  ): Promise<void> {
    const counts: Record<string, number> = {};
    for (const table of modules.flatMap(({ tables }) => tables)) counts[table] = await countRows(tx, table, customer);
    await this.personalData.erase(tx, customer, modules);
    erasure.deleted(
      modules.map(({ module }) => module),
      counts,
    );
  }

  private async strip(tx: Tx, { bucket, pseudonym }: ErasingCustomer): Promise<number> {
    return pseudonym ? stripEntries(tx, bucket, pseudonym, STRIPPED_AT_ONCE) : 0;
  }

  private async finish(tx: Tx, erasure: Erasure, erasing: ErasingCustomer, now: Date): Promise<void> {
    await this.delete(tx, erasure, customerKey(erasing.customerId), [...this.atOnce(), ...this.rest()]);
    await this.strip(tx, erasing);
    const told = await this.notices.of(tx, erasure.id);
    const entry = await this.audit.append(tx, {
      type: 'customer.erased',
      at: now,
      actor: { kind: 'system' },
      data: { erasure: erasure.id, cause: erasure.cause, retailers: told.length },
    });
    erasure.finish(now, await this.receipts.sign(erasure, { at: now, retailers: told.length, entry }));
    await tx.delete(ErasingCustomer, { erasureId: erasure.id });
  }

  /** What was deleted is deleted again: perhaps something came in between and is in the way. */
  private async postpone(id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [row] = await tx.query<{ attempts: number }[]>(
        'select attempts from erasures where id = $1 for update skip locked',
        [id],
      );
      if (!row) return;
      const pause = Math.min(1_000 * 2 ** row.attempts, LONGEST_PAUSE_MS);
      await tx.query(`update erasures set attempts = attempts + 1, modules = '{}', due_at = $2 where id = $1`, [
        id,
        new Date(this.clock.now().getTime() + pause),
      ]);
    });
  }

  private atOnce(): PersonalDataOfModule[] {
    return this.personalData.inOrderOfErasure().filter(({ atOnce }) => atOnce);
  }

  private rest(): PersonalDataOfModule[] {
    return this.personalData.inOrderOfErasure().filter(({ atOnce, module }) => !atOnce && module !== ERASURES);
  }

  /** Each of the modules, the log, and making sure. */
  private steps(): number {
    return this.atOnce().length + this.rest().length + 2;
  }
}
