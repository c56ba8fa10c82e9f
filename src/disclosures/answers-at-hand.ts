import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

import { Forgetting } from '../platform/forgetting.js';
import type { RetailerPrincipal } from '../platform/http/access.js';
import { Metrics } from '../platform/metrics/metrics.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { AnswerText } from './answer-text.js';
import type { Answer, GivenAnswer, Inquiry } from './answering.service.js';
import type { Pulse } from './reading.queries.js';

/** An answer that may be given again, without anything of the customer's but what it says. */
export interface AnswerAtHand extends Omit<GivenAnswer, 'disclosureId' | 'at' | 'unchanged'> {
  readonly text: AnswerText;
  /** How things stood when it was made, and when that was. */
  readonly made: Pulse;
  readonly vocabulary: Vocabulary;
}

/** Room for some ten thousand customers who are read again within a minute. */
const BYTES = 48 * 1024 * 1024;
/** What was erased is out of memory after this long, too. */
const FOR_MS = 60_000;
/** What an answer takes besides its text, the state and its name. */
const BESIDES_BYTES = 1_500;

/**
 * Answers that were given not long ago. One is found again only by who asks what, under which epoch of a token of which
 * consent; and it is given again only if nothing that it was made from has changed, which a statement has just told, and
 * before time alone changes it. So it spares work, never a check.
 */
@Injectable()
export class AnswersAtHand {
  private readonly answers = new LRUCache<string, AnswerAtHand>({ maxSize: BYTES, ttl: FOR_MS });
  private hits = 0;
  private misses = 0;

  constructor(metrics: Metrics, forgetting: Forgetting) {
    forgetting.watch(this.answers);
    metrics.watchCache('answers', () => ({
      hits: this.hits,
      misses: this.misses,
      entries: this.answers.size,
      bytes: this.answers.calculatedSize,
    }));
  }

  get(name: string): AnswerAtHand | undefined {
    return this.answers.get(name);
  }

  /** Whether the answer is what would be answered now. */
  holds({ made, view, vocabulary }: AnswerAtHand, { state, checkedAt }: Pulse, current: Vocabulary): boolean {
    const isAsItWas = state === made.state && vocabulary === current;
    // Of two statements at the same time the one that began earlier may be heard of later.
    const inTime = made.checkedAt <= checkedAt && checkedAt < view.validUntil;
    const holds = isAsItWas && inTime;
    if (holds) this.hits++;
    return holds;
  }

  keep(name: string, answer: Answer): AnswerAtHand {
    this.misses++;
    const { customer, consent, circumstances, view, etag, vocabulary, standing } = answer;
    const kept: AnswerAtHand = {
      customer,
      consent: { id: consent.id, version: consent.version, maxReadsPerDay: consent.maxReadsPerDay },
      circumstances,
      view: { told: view.told, validUntil: view.validUntil },
      etag,
      text: AnswerText.of(answer),
      made: { checkedAt: standing.checkedAt, state: standing.state },
      vocabulary,
    };
    const size = name.length + kept.text.length + kept.made.state.length + BESIDES_BYTES;
    this.answers.set(name, kept, { size });
    return kept;
  }
}

/** Who asks what with a token of a consent. */
export function nameOfRead(
  { clientId, narrowedTo }: RetailerPrincipal,
  { id, epoch }: NonNullable<RetailerPrincipal['consent']>,
  inquiry: Inquiry,
): string {
  return JSON.stringify([clientId, id, epoch, narrowedTo ?? null, inquiry]);
}
