import { Injectable, type OnModuleInit } from '@nestjs/common';

import { type Actor, AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Kek } from '../platform/crypto/kek.js';
import {
  destroyPrivateParts,
  type KeyRing,
  lockKeyRing,
  replaceAll,
  rotate,
  type Rotation,
} from '../platform/crypto/key-ring.js';
import { SigningKey, type SigningKeyUse, signingKeyUses } from '../platform/crypto/signing-key.entity.js';
import { SigningKeys } from '../platform/crypto/signing-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import { Jobs } from '../platform/jobs/jobs.js';

const LOOK_EVERY_MS = 600_000;
const DAY_MS = 86_400_000;
const byItself: Actor = { kind: 'system', id: 'signing-keys.rotate' };

/** Replaces the keys that sign, while tokens and receipts that they have signed stay good. */
@Injectable()
export class KeyRotation implements OnModuleInit {
  private readonly oldestMs: Record<SigningKeyUse, number>;

  constructor(
    private readonly database: Database,
    private readonly keys: SigningKeys,
    private readonly kek: Kek,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    config: Config,
  ) {
    this.oldestMs = { token: config.TOKEN_KEY_DAYS * DAY_MS, receipt: config.RECEIPT_KEY_DAYS * DAY_MS };
  }

  onModuleInit(): void {
    this.jobs.every('signing-keys.rotate', LOOK_EVERY_MS, () => this.rotateOld());
  }

  /** Every key that is or was, the newest first. */
  async list(query: PageQuery): Promise<Page<SigningKey>> {
    const limit = pageSize(query);
    const [createdAt, kid] = decodeCursor(query.cursor, ['time', 'text']) ?? [];
    const found = this.database.reader
      .createQueryBuilder(SigningKey, 'k')
      .orderBy({ 'k.created_at': 'DESC', 'k.kid': 'DESC' })
      .limit(limit + 1);
    if (createdAt) found.where('(k.created_at, k.kid) < (:createdAt, :kid)', { createdAt, kid });
    return pageOf(await found.getMany(), limit, (key) => [key.createdAt, key.kid]);
  }

  /**
   * Lets the next key of this use take over, and publishes a new next one. What the key before has signed stays good.
   *
   * In an `emergency`, when keys may have leaked, all that could have leaked is revoked instead: tokens signed with it
   * are refused within seconds, and two keys that nobody has seen take over at once.
   * @throws SigningKeyTooNewError while others may not have seen the next key
   */
  rotate(actor: Actor, use: SigningKeyUse, { emergency = false } = {}): Promise<Rotation> {
    return this.change(use, (tx, ring) => this.turn(tx, actor, ring, emergency));
  }

  /** Rotates what has been in use for as long as it should, and destroys what nothing needs any more. */
  async rotateOld(): Promise<void> {
    for (const use of signingKeyUses) {
      await this.change(use, async (tx, ring) => {
        const activatedAt = ring.current?.activatedAt?.getTime() ?? 0;
        if (this.clock.now().getTime() - activatedAt >= this.oldestMs[use]) await this.turn(tx, byItself, ring, false);
      });
    }
    await this.database.transaction((tx) => destroyPrivateParts(tx, this.clock.now()));
  }

  private async change<T>(use: SigningKeyUse, work: (tx: Tx, ring: KeyRing) => Promise<T>): Promise<T> {
    const result = await this.database.transaction(async (tx) => work(tx, await lockKeyRing(tx, use)));
    await this.keys.refresh(); // the other processes see it by themselves
    return result;
  }

  private async turn(tx: Tx, actor: Actor, ring: KeyRing, emergency: boolean): Promise<Rotation> {
    const at = this.clock.now();
    const rotation = await (emergency ? replaceAll : rotate)(tx, this.kek, ring, at);
    const data = {
      use: ring.use,
      emergency,
      current: rotation.current.kid,
      next: rotation.next.kid,
      ended: rotation.ended.map(({ kid }) => kid),
    };
    const event = { type: 'signing-key.rotated', at, data };
    await this.audit.append(tx, { ...event, actor });
    await this.outbox.enqueue(tx, { ...event, subject: rotation.current.kid });
    return rotation;
  }
}
