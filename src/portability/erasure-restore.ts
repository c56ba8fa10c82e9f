import { setTimeout as delay } from 'node:timers/promises';

import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import { Sequencer } from '../audit/sequencer.js';
import { Clock } from '../platform/clock.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { ErasureRegisterError } from '../platform/erasure-register.errors.js';
import { type ErasedMarks, ErasureRegister } from '../platform/erasure-register.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Random } from '../platform/random.js';
import { Eraser } from './eraser.js';
import { Erasure } from './erasure.entity.js';
import {
  claimCustomer,
  claimRegister,
  countBegun,
  countOpenAccounts,
  findRegisterId,
  lockErasureOf,
} from './erasures.queries.js';

const READ_AT_ONCE = 5_000;
const ATTEMPTS = 60;

/**
 * Before anything is served and any job begins, whoever the register names is erased again: the database may have come
 * back from a backup that is older than their erasure. Each customer is tested, in one pass.
 */
@Injectable()
export class ErasureRestore implements OnModuleInit {
  private readonly logger = new Logger(ErasureRestore.name);

  constructor(
    private readonly database: Database,
    private readonly keys: SubjectKeys,
    private readonly register: ErasureRegister,
    private readonly eraser: Eraser,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly sequencer: Sequencer,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    // All modules are set up by then, and with them all that is registered to be erased.
    this.jobs.first(() => this.restore());
  }

  /** @throws ErasureRegisterError when the register is not the database's own, or not all of it */
  async restore(): Promise<void> {
    // What another process adds meanwhile is in the register before it is in the database, which is therefore read first.
    const known = await findRegisterId(this.database.reader);
    const begun = await countBegun(this.database.reader);
    const marks = await this.register.marks();
    if (known !== null && known !== marks.register) throw this.refusal(`is not that of this database (${known})`);
    if (marks.size < begun) {
      throw this.refusal(`names ${marks.size} customers, and the database has erased ${begun}`);
    }
    // Before anybody is erased, so that every backup knows which register it needs.
    const isOwn =
      known !== null || (await claimRegister(this.database.reader, marks.register ?? (await this.register.begin())));
    if (!isOwn) throw this.refusal('is not that of this database');
    if (marks.size > 0) await this.eraseAgain(marks);
  }

  private refusal(fault: string): ErasureRegisterError {
    return new ErasureRegisterError(
      `The erasure register ${this.register.path} ${fault}. Without its whole register, a restored backup would bring ` +
        'erased customers back. Set ERASURE_REGISTER_FILE to the register of this database, or bring it back from its own ' +
        'backup; all processes share one.',
    );
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
      await this.sequencer.drain(); // old entries of theirs may lack what has to stay of them
      await delay(1_000); // another process may be at it
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
