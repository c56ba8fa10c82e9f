import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { ccxCore100 } from './ccx-core/1.0.0.js';
import { ccxCore110 } from './ccx-core/1.1.0.js';
import { ccxCore120 } from './ccx-core/1.2.0.js';
import type { Release } from './release.js';
import { type Period, Timeline } from './timeline.js';
import { extensionsFrom, publishedReleases, publishedSoFar } from './vocabulary.queries.js';
import type { Vocabulary } from './vocabulary.js';
import { VocabularyReleaseNotFoundError } from './vocabulary.errors.js';

/** Those that come with the software. */
const shipped: readonly Release[] = [ccxCore100, ccxCore110, ccxCore120];

export interface Newest {
  readonly release: Release;
  readonly inForceAt: Date;
  /** Every path that any release has had. */
  readonly everUsed: ReadonlySet<string>;
}

/** How soon a process notices that another one has published something. */
const LOOK_EVERY_MS = 2_000;

/** From when on what is published now may hold, so that every process knows it before. */
export const LEAD_MS = 60_000;

/**
 * The vocabulary as this process knows it. Each process looks every other second whether anything was published; what
 * was comes into force by the clock, a minute later or more, so that asking for it asks nobody and all processes agree.
 */
@Injectable()
export class VocabularyService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(VocabularyService.name);
  private timeline = new Timeline(shipped, [], []);
  private period?: Period;
  private readonly releases = new Map<string, Vocabulary>();
  private soFar = '';
  private looking = Promise.resolve();
  private timer?: NodeJS.Timeout;
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.refresh();
    this.lookLater();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.looking.catch(() => undefined);
  }

  /** The release under which preferences are recorded now, with the extensions of all retailers. */
  current(): Vocabulary {
    return this.now().current;
  }

  /** The release that held at an instant, with the extensions of then. */
  at(instant: Date): Vocabulary {
    return this.timeline.at(instant).current;
  }

  /** The newest release, when it has been published and does not hold yet. */
  coming(): Vocabulary | null {
    return this.now().coming;
  }

  /** One release, with the extensions that hold now. @throws VocabularyReleaseNotFoundError */
  release(version: string): Vocabulary {
    const { current } = this.now();
    if (version === current.version) return current;
    let found = this.releases.get(version);
    if (!found) {
      found = this.timeline.release(version, this.clock.now());
      if (!found) throw new VocabularyReleaseNotFoundError(version);
      this.releases.set(version, found);
    }
    return found;
  }

  /** All releases that hold or have held, newest first. */
  all(): Release[] {
    return this.timeline.history(this.clock.now());
  }

  /** What a new release follows: the newest one, whether or not it holds yet. */
  newest(): Newest {
    return {
      release: this.timeline.newest(),
      inForceAt: this.timeline.newestInForceAt(),
      everUsed: this.timeline.paths(),
    };
  }

  /** A release that is not published, as it would follow all that are. */
  candidate(release: Release): Vocabulary {
    return this.timeline.candidate(release, this.clock.now());
  }

  /** Takes notice of what any process has published before this call. */
  refresh(): Promise<void> {
    this.looking = this.looking.catch(() => undefined).then(() => this.look());
    return this.looking;
  }

  private now(): Period {
    const now = this.clock.now();
    if (!this.period || now.getTime() >= this.period.until) {
      this.period = this.timeline.at(now);
      this.releases.clear();
    }
    return this.period;
  }

  private async look(): Promise<void> {
    const { reader } = this.database;
    const soFar = await publishedSoFar(reader);
    if (soFar === this.soFar) return;
    const published = await publishedReleases(reader);
    this.timeline = new Timeline(shipped, published, await extensionsFrom(reader, this.clock.now()));
    this.period = undefined;
    this.soFar = soFar;
  }

  private lookLater(): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      void this.refresh()
        .catch((error: unknown) => this.logger.error('The vocabulary could not be read.', error))
        .finally(() => this.lookLater());
    }, LOOK_EVERY_MS).unref();
  }
}
