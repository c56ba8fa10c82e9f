import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { SigningKeys } from '../platform/crypto/signing-keys.js';
import { Database } from '../platform/database/database.js';
import { secondsOf, statusListPath } from './snapshot-entries.js';
import { StatusListNotFoundError } from './snapshots.errors.js';
import { findSnapshot, standingBits } from './snapshots.queries.js';
import { statusList } from './status-list.js';

/** How long a copy of a list may be used where a newer one could be had. */
export const STATUS_LIST_TTL_SECONDS = 60;

const KEPT_LISTS = 200;
/** Tills come all at once: this spares the database, and delays what a list says by so little. */
const KEPT_FOR_MS = 5_000;

interface Made {
  readonly at: number;
  readonly token: Promise<string>;
}

/** Tells anybody which entries of a snapshot still hold, and nothing else of them. */
@Injectable()
export class StatusLists {
  private readonly made = new LRUCache<string, Made>({ max: KEPT_LISTS });

  constructor(
    private readonly database: Database,
    private readonly signingKeys: SigningKeys,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** The list as it is now, as a Status List Token. @throws StatusListNotFoundError */
  get(id: string): Promise<string> {
    const now = this.clock.now();
    const known = this.made.get(id);
    if (known && now.getTime() - known.at < KEPT_FOR_MS) return known.token;
    const token = this.make(id, now);
    this.made.set(id, { at: now.getTime(), token });
    token.catch(() => this.made.delete(id));
    return token;
  }

  /** From what consents are at this moment, so that there is no event that could have been missed. */
  private async make(id: string, now: Date): Promise<string> {
    const { reader } = this.database;
    const snapshot = await findSnapshot(reader, id, now);
    if (!snapshot || snapshot.listSize === null) throw new StatusListNotFoundError(id);
    return this.signingKeys.signToKeep('statuslist+jwt', {
      iss: this.config.issuer,
      sub: this.config.issuer + statusListPath(id),
      iat: secondsOf(now),
      exp: secondsOf(snapshot.expiresAt),
      ttl: STATUS_LIST_TTL_SECONDS,
      status_list: statusList(snapshot.listSize, await standingBits(reader, id, now)),
    });
  }
}
