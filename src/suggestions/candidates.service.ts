import { Injectable } from '@nestjs/common';

import { OutboxService } from '../outbox/outbox.service.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { decodeCursor, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import type { Candidate } from './candidates.js';
import { CandidateDto, type CandidatePageDto } from './candidates.dto.js';
import { staleDays } from './days.queries.js';
import { ruleIds } from './evidence.js';
import { PresentationService } from './presentation.service.js';
import { PriorsService } from './priors.service.js';
import { findSettings } from './suggestions.queries.js';
import { SUGGESTIONS } from './suggestions-worker.js';

/** All that could be concluded about customers, for them to look through. */
@Injectable()
export class CandidatesService {
  constructor(
    private readonly database: Database,
    private readonly presentation: PresentationService,
    private readonly priors: PriorsService,
    private readonly outbox: OutboxService,
  ) {}

  /** One page, rule by rule; nothing while suggestions are off. */
  async list(customer: CustomerKey, query: PageQuery): Promise<CandidatePageDto> {
    const { reader } = this.database;
    const limit = pageSize(query);
    const cursor = decodeCursor(query.cursor, ['int', 'text', 'text']);
    const priors = await this.priors.current(reader);
    const settings = await findSettings(reader, customer);
    if (!settings?.isEnabled()) return { items: [], next_cursor: null, complete: true, priors: priors.version };

    const complete = settings.vocabularyVersion !== null && (await this.isComplete(customer));
    const all = await this.presentation.candidates(reader, customer, settings, priors);
    const wanted = all.filter(({ rule }) => !settings.never.includes(rule.attribute));
    const after = cursor ? wanted.filter((one) => isAfter(placeOf(one), cursor)) : wanted;
    const page = pageOf(after.toSorted(byPlace).slice(0, limit + 1), limit, placeOf);
    const items = page.items.map((one) => CandidateDto.ofCandidate(one));
    return { items, next_cursor: page.next_cursor, complete, priors: priors.version };
  }

  /** Whether nothing that was reported waits to be looked at. */
  private async isComplete(customer: CustomerKey): Promise<boolean> {
    const { reader } = this.database;
    // In the order in which it goes from one to the other, or something on its way could be overlooked.
    if (await this.outbox.isOnItsWay(reader, SUGGESTIONS, customer)) return false;
    return (await staleDays(reader, customer, 1)).length === 0;
  }
}

type Place = [rule: number, group: string, value: string];

function placeOf({ rule, group, value }: Candidate): Place {
  return [ruleIds.indexOf(rule.id), group, value];
}

function isAfter(a: Place, b: Place): boolean {
  const differs = a.findIndex((part, index) => part !== b[index]);
  return differs >= 0 && a[differs]! > b[differs]!;
}

function byPlace(a: Candidate, b: Candidate): number {
  return isAfter(placeOf(a), placeOf(b)) ? 1 : -1;
}
