import { sha256 } from '../platform/crypto/seal.js';
import { canonicalJson } from '../platform/json.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { ConsentUse } from './consent.entity.js';
import type { RequestAction, RequestOrigin } from './consent-request.entity.js';
import { type AskedDetail, isReporting, isSpecialDetail, type Item, itemsOf } from './detail.js';
import type { Difference, Held, Standing } from './difference.js';
import { dateOf } from './duration.js';
import type { Language } from './phrases.js';
import { spellDate } from './spelling.js';
import { type NoticeStatement, statementOf } from './statement.js';
import { Words } from './words.js';

/** How an item stands, and whether what is given already would go on for longer, or not for as long. */
export type NoticeStanding = Standing | 'longer' | 'shorter';

/** One box that the customer may tick: an attribute, an event type or a class of products. */
export type NoticeItem = {
  code: string;
  label: string;
  sentence: string;
  standing: NoticeStanding;
  /** Until when it is given already, and what would become of that; null when it is not, or not all of it. */
  already: string | null;
};

/** Something that is given now and ends if the request is approved. */
export type NoticeRemoval = { code: string; label: string; sentence: string };

export type NoticePurpose = { code: string; label: string; sentence: string };

/** One line of the request, in words. */
export type NoticeDetail = {
  id: string;
  type: AskedDetail['type'];
  items: NoticeItem[];
  purposes: NoticePurpose[];
  touchpoints: { code: string; label: string }[];
  /** Where, when, how often, kept for how long, passed on to whom, reaching how far: one sentence each. */
  conditions: string[];
};

/**
 * All that a customer is told before they decide, in one language. Whoever shows a request shows exactly this, and
 * exactly this is kept as proof of what was shown.
 */
export type Notice = {
  format: 1;
  /** The release that labels and code lists are from. */
  vocabulary_version: string;
  language: Language;
  /** Whether anybody saw it; nobody did when a standing rule decided. */
  shown: boolean;
  retailer: { id: string; name: string; privacy_url: string };
  title: string;
  /** The retailer's own words. */
  message: string | null;
  /** What the retailer offers in return, in its own words. */
  incentive: string | null;
  details: NoticeDetail[];
  /** What ends in return, where the request takes the place of what is given. */
  removed: NoticeRemoval[];
  /** For a request of something special alone. */
  statement: NoticeStatement | null;
  life: string;
  ending: string;
  refusing: string;
};

export interface Worded {
  request: {
    details: readonly AskedDetail[];
    use: ConsentUse;
    lifetimeDays: number;
    maxReadsPerDay?: number | null;
    action?: RequestAction;
    origin?: RequestOrigin;
    message: string | null;
  };
  retailer: { id: string; name: string; privacyUrl: string; incentive: string | null };
  difference: Difference;
  /** When it would end, were it approved now. */
  end: Date;
  /** What is given now and ends if the request is approved. */
  removed?: readonly Item[];
  vocabulary: Vocabulary;
}

/** Puts a request into words. The same request, asked at the same time, always gets the same words. */
export function noticeOf(
  { request, retailer, difference, end, removed = [], vocabulary }: Worded,
  language: Language,
): Notice {
  const words = new Words(vocabulary, language, retailer.name);
  const { say } = words;
  const [special] = request.details.filter(isSpecialDetail);
  return {
    format: 1,
    vocabulary_version: vocabulary.version,
    language,
    shown: true,
    retailer: { id: retailer.id, name: retailer.name, privacy_url: retailer.privacyUrl },
    title: request.origin === 'switch' ? say.beforehand(retailer.name) : say.title(retailer.name),
    message: request.message,
    // Express consent is nothing to be paid for.
    incentive: special ? null : retailer.incentive,
    details: request.details.map((detail) => ({
      id: detail.id,
      type: detail.type,
      items: itemsOf(detail).map((code) => ({
        ...words.item({ type: detail.type, code }),
        ...againstGiven(difference.items[detail.id]?.[code], { end, action: request.action }, words),
      })),
      purposes: detail.purposes.map((code) => words.code('purpose', code)),
      touchpoints: detail.touchpoints.map((code) => ({ code, label: words.code('touchpoint', code).label })),
      conditions: words.conditions(detail, request.maxReadsPerDay ?? null),
    })),
    removed: removed.map((item) => words.removal(item)),
    statement: special ? statementOf(special, request, words) : null,
    // What is taken along ends with a date, and not some time after somebody has asked for it.
    life: request.origin === 'switch' ? say.until(spellDate(end.toISOString(), language)) : lifeOf(request, words),
    ending: say.ending,
    refusing: (special && isReporting(special) ? say.refusingNames : say.refusing)(retailer.name),
  };
}

/** By what a notice is kept and named: equal notices have equal hashes. */
export function noticeHash(notice: Notice): Buffer {
  return sha256(canonicalJson(notice));
}

/** Ends are compared by the day, as they are told. */
function againstGiven(
  held: Held | undefined,
  { end, action }: { end: Date; action: RequestAction | undefined },
  { say, language }: Words,
): Pick<NoticeItem, 'standing' | 'already'> {
  if (held?.standing !== 'given') return { standing: held?.standing ?? 'new', already: null };
  const [now, then] = [dateOf(held.until), dateOf(end)];
  const isShorter = action === 'replace' && then < now;
  const standing = then > now ? 'longer' : isShorter ? 'shorter' : 'given';
  return { standing, already: say.already[standing](spellDate(held.until.toISOString(), language)) };
}

function lifeOf({ details, use, lifetimeDays }: Worded['request'], words: Words): string {
  const { say } = words;
  const time = words.spell(`P${lifetimeDays}D`);
  if (use === 'once') return say.once(time);
  return details.some(isSpecialDetail) ? say.special(time) : say.standing(time);
}
