import type { Attribute } from './attribute.js';
import type { Release } from './release.js';
import { compareVersions } from './semantic-version.js';
import { Vocabulary } from './vocabulary.js';

export interface PublishedRelease {
  readonly release: Release;
  readonly inForceAt: Date;
}

/** An attribute of a retailer, as it is from a time on. */
export interface TimedExtension {
  readonly attribute: Attribute;
  readonly inForceAt: Date;
}

/** What holds for a while, and until when. */
export interface Period {
  readonly current: Vocabulary;
  /** The newest release that has been published and does not hold yet. */
  readonly coming: Vocabulary | null;
  readonly until: number;
}

/** All that is published, over time: what comes into force when is known to every process before it does. */
export class Timeline {
  /** By version, oldest first. */
  private readonly releases: readonly PublishedRelease[];

  constructor(
    shipped: readonly Release[],
    published: readonly PublishedRelease[],
    /** The versions of each path in their order. */
    private readonly extensions: readonly TimedExtension[],
  ) {
    const versions = new Set(published.map(({ release }) => release.version));
    const own = shipped.filter(({ version }) => !versions.has(version));
    this.releases = [...own.map((release) => ({ release, inForceAt: new Date(0) })), ...published].toSorted((a, b) =>
      compareVersions(a.release.version, b.release.version),
    );
  }

  at(now: Date): Period {
    const inForce = this.releases.filter(({ inForceAt }) => inForceAt <= now).at(-1)!;
    const newest = this.releases.at(-1)!;
    const changes = [...this.releases, ...this.extensions]
      .map(({ inForceAt }) => inForceAt.getTime())
      .filter((time) => time > now.getTime());
    return {
      current: this.vocabularyOf(inForce.release, now),
      coming: newest === inForce ? null : this.vocabularyOf(newest.release, now),
      until: Math.min(...changes),
    };
  }

  /** A release with the extensions that hold now; undefined when it was never published. */
  release(version: string, now: Date): Vocabulary | undefined {
    const found = this.releases.find(({ release }) => release.version === version);
    return found && this.vocabularyOf(found.release, now);
  }

  /** Those that hold or have held, newest first. */
  history(now: Date): Release[] {
    const held = this.releases.filter(({ inForceAt }) => inForceAt <= now);
    return held.map(({ release }) => release).toReversed();
  }

  /** The newest of all, whether or not it holds yet: what the next one follows. */
  newest(): Release {
    return this.releases.at(-1)!.release;
  }

  /** When the newest came into force or will. */
  newestInForceAt(): Date {
    return this.releases.at(-1)!.inForceAt;
  }

  /** A release that has not been published, as it would follow all that have. */
  candidate(release: Release, now: Date): Vocabulary {
    return this.vocabularyOf(release, now);
  }

  /** Every path that any release has had: none is ever given to something else. */
  paths(): Set<string> {
    return new Set(this.releases.flatMap(({ release }) => release.attributes.map(({ path }) => path)));
  }

  private vocabularyOf(release: Release, now: Date): Vocabulary {
    const before = this.releases
      .map((earlier) => earlier.release)
      .filter(({ version }) => compareVersions(version, release.version) < 0);
    const extensions = new Map(
      this.extensions.filter(({ inForceAt }) => inForceAt <= now).map(({ attribute }) => [attribute.path, attribute]),
    );
    return new Vocabulary(release, { extensions: [...extensions.values()], before });
  }
}
