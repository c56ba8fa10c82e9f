import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { Database, type Reader } from '../platform/database/database.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { ConsentRequest } from './consent-request.entity.js';
import { ConsentsService } from './consents.service.js';
import { differenceOf, removedBy } from './difference.js';
import { latestEndOf } from './narrowing.js';
import type { Language } from './phrases.js';
import { lastEndOf } from './pre-approval.js';
import { holdingOf } from './renamed.js';
import { type Notice, noticeOf } from './wording.js';

/** Requests in words. */
@Injectable()
export class RequestNotices {
  constructor(
    private readonly database: Database,
    private readonly consents: ConsentsService,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly clock: Clock,
  ) {}

  /**
   * The request in words, against what the retailer has been given already: what to show, and to keep as shown.
   *
   * @param reader The transaction, inside one.
   */
  async of(
    request: ConsentRequest,
    reader: Reader = this.database.reader,
  ): Promise<Readonly<Record<Language, Notice>>> {
    const retailer = await this.retailers.get(request.retailerId, reader);
    // What is given once is a consent of its own: it changes nothing of what is given already.
    const isStanding = request.use === 'standing';
    const standing = isStanding ? await this.consents.standingWith(reader, request, request.retailerId) : null;
    const vocabulary = this.vocabularies.release(request.vocabularyVersion);
    const given = standing && holdingOf(standing, vocabulary);
    const now = this.clock.now();
    const worded = {
      // Who says nothing about it leaves the limit as it is.
      request: { ...request, maxReadsPerDay: request.maxReadsPerDay ?? given?.maxReadsPerDay ?? null },
      retailer,
      difference: differenceOf(request, given, now),
      end: request.preApproval ? lastEndOf(request.preApproval) : latestEndOf(request, now),
      removed: request.action === 'replace' ? removedBy(request, given, now) : [],
      vocabulary,
    };
    return { en: noticeOf(worded, 'en'), de: noticeOf(worded, 'de') };
  }
}
