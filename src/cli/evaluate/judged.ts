import type { Lack } from '../../suggestions/statistics.js';
import type { Later, Subject } from './later.js';

/** What the service concluded from the months it was shown, and what came of it in those it was not. */
export interface Judged extends Subject {
  readonly customer: string;
  readonly k: number;
  readonly n: number;
  readonly mean: number;
  readonly probability: number;
  /** The share among all customers. */
  readonly base: number;
  readonly threshold: number;
  readonly suggest: boolean;
  readonly lacks: readonly Lack[];
  readonly later: Later;
}

/** Whether there was an occasion later to be right or wrong. */
export function isJudged({ later }: Judged, opportunities = 1): boolean {
  return later.n >= opportunities;
}

/** Whether the customer went on like that: at least as often as the rule says. */
export function holds({ later, threshold }: Judged, atLeast = threshold): boolean {
  return later.k / later.n >= atLeast;
}

/** Whether it was seen often enough for any rule to say something. */
export function isSeenEnough({ lacks }: Judged): boolean {
  return !lacks.includes('days') && !lacks.includes('support');
}
