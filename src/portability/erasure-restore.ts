import { setTimeout as delay } from 'node:timers/promises';

import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { ErasureRegisterError } from '../platform/erasure-register.errors.js';
import { type ErasedMarks, ErasureRegister } from '../platform/erasure-register.js';
import { Random } from '../platform/random.js';
import { Eraser } from './eraser.js';
import { Erasure } from './erasure.entity.js';
import { claimCustomer, countBegun, countOpenAccounts, lockErasureOf } from './erasures.queries.js';

const READ_AT_ONCE = 5_000;
const ATTEMPTS = 60;

/**
 * Before anything is served, whoever the register names is erased again: the database may have come back from a backup
 * that is older than their erasure. Each customer is tested, in one pass.
 */
@Injectable()
export class ErasureRestore implements OnApplicationBootstrap {
  private readonly logger = new Logger(ErasureRestore.name);

  constructor(
    private readonly database: Database,
    private readonly keys: SubjectKeys,
    private readonly register: ErasureRegister,
    private readonly eraser: Eraser,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  // Once all modules are set up, and with them all that is registered to be erased.
  async onApplicationBootstrap(): Promise<void> {
    const marks = await this.register.marks();
    const begun = await countBegun(this.database.reader);
    const { path } = this.register;
    if (marks.size < begun) {
      throw new ErasureRegisterError(
        `The erasure register ${path} names ${marks.size} customers, and the database has erased ${begun}. Without the ` +
          'whole register, a restored backup would bring erased customers back. Set ERASURE_REGISTER_FILE to the ' +
          'register of this database, or bring it back from its own backup; all processes share one.',
      );
    }
    if (marks.size > 0) await this.eraseAgain(marks);
  }

  private async eraseAgain(marks: ErasedMarks): Promise<void> {
    const restored: CustomerKey[] = [];
    for await (const customer of this.customers()) if (marks.has(customer)) restored.push(customer);
    if (restored.length === 0) return;
    this.logger.warn(
      `${restored.length} customers came back with the database who had been erased: erasing them again.`,
    );
    for (const customer of restored) await this.askAgain(customer);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      await this.eraser.work();
      if ((await countOpenAccounts(this.database.reader, restored)) === 0) return;
      await delay(1_000); // another process is at it, or the log has to be brought up to date first
    }
    throw new ErasureRegisterError('Not everybody whom the register names could be erased again. Start once more.');
  }

  /** Every customer whose account has not ended: who has been erased has no keys. */
  private async *customers(): AsyncIterable<CustomerKey> {
    let last: CustomerKey | undefined;
    do {
      const page = await this.keys.customersAfter(this.database.reader, last, READ_AT_ONCE);
      yield* page;
      last = page.length === READ_AT_ONCE ? page.at(-1) : undefined;
    } while (last);
  }

  /** What another process that starts at the same moment has asked for already, is asked for. */
  private async askAgain(customer: CustomerKey): Promise<void> {
    await this.database.transaction(async (tx) => {
      const at = this.clock.now();
      const waiting = await lockErasureOf(tx, customer);
      if (waiting) {
        // They had asked for it when the backup was made, and have not changed their mind since.
        waiting.dueAt = at;
        await tx.save(waiting);
        return;
      }
      const id = this.random.id();
      if (!(await claimCustomer(tx, customer, id))) return;
      await tx.insert(Erasure, Erasure.asked({ id, tokenHash: null, cause: 'restored' }, at, at));
    });
  }
}
