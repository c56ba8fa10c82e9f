import { Injectable } from '@nestjs/common';

import { ccxCore100 } from './ccx-core/1.0.0.js';
import { Vocabulary } from './vocabulary.js';
import { VocabularyReleaseNotFoundError } from './vocabulary.errors.js';

/** The releases of `ccx-core`. */
@Injectable()
export class VocabularyService {
  /** Oldest first. */
  private readonly releases: readonly Vocabulary[] = [new Vocabulary(ccxCore100)];

  /** The release under which preferences are recorded now. */
  current(): Vocabulary {
    return this.releases.at(-1)!;
  }

  /** @throws VocabularyReleaseNotFoundError */
  release(version: string): Vocabulary {
    const found = this.releases.find((release) => release.version === version);
    if (!found) throw new VocabularyReleaseNotFoundError(version);
    return found;
  }

  /** All releases, newest first. */
  all(): Vocabulary[] {
    return this.releases.toReversed();
  }
}
