import type { Circumstances } from '../consents/covers.js';
import type { ConsentDetail, Delivery } from '../consents/detail.js';
import { type FieldError, InvalidRequestError } from '../platform/errors.js';
import { currentLines } from './view.js';

/** For what, where and at which stage a retailer says that it reads. */
export interface AskedCircumstances {
  readonly purpose?: string;
  readonly touchpoint?: string;
  readonly stage?: string;
  /** How; live where left out. */
  readonly delivery?: Delivery;
}

/**
 * Completes what a retailer left out where the consent leaves no choice: its only purpose, its only touchpoint that the
 * client serves, its only stage. No stage at all is an answer, too: such a read is covered by a line for every stage.
 *
 * @param reach The touchpoints that the client serves.
 * @param base Where in the request faults are pointed at: `query`, or the empty text for a body.
 * @throws InvalidRequestError when purpose or touchpoint is left out and there are several
 */
export function settle(
  asked: AskedCircumstances,
  details: readonly ConsentDetail[],
  reach: readonly string[],
  at: Date,
  base: string,
): Circumstances {
  const lines = currentLines(details, at);
  const purpose = asked.purpose ?? only(lines.flatMap(({ purposes }) => purposes));
  const touchpoint =
    asked.touchpoint ?? only(lines.flatMap(({ touchpoints }) => touchpoints).filter((place) => reach.includes(place)));
  if (purpose === undefined || touchpoint === undefined) {
    throw new InvalidRequestError([
      ...(purpose === undefined ? [missing(`${base}/purpose`)] : []),
      ...(touchpoint === undefined ? [missing(`${base}/touchpoint`)] : []),
    ]);
  }
  const stage = asked.stage ?? only(lines.flatMap(({ stages }) => stages)) ?? null;
  return { purpose, touchpoint, stage, delivery: asked.delivery ?? 'live' };
}

function only<Code>(codes: readonly Code[]): Code | undefined {
  const [first, ...others] = new Set(codes);
  return others.length === 0 ? first : undefined;
}

function missing(pointer: string): FieldError {
  return { pointer, detail: 'is required here, because the consent does not leave just one' };
}
