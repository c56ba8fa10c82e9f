import { sha256 } from '../platform/crypto/seal.js';
import { canonicalJson } from '../platform/json.js';
import { type Labels, stages } from '../vocabulary/code-lists.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { ConsentUse } from './consent.entity.js';
import { type AskedDetail, itemsOf } from './detail.js';
import type { Difference, Standing } from './difference.js';
import { durationMs } from './duration.js';
import { eventTypeWords } from './event-types.js';
import { type Language, type Phrases, phrases } from './phrases.js';
import { spell, spellDate, spellList } from './spelling.js';

/** One box that the customer may tick: an attribute or an event type. */
export type NoticeItem = {
  code: string;
  label: string;
  sentence: string;
  /** Whether it is given already. */
  standing: Standing;
};

export type NoticePurpose = { code: string; label: string; sentence: string };

/** One line of the request, in words. */
export type NoticeDetail = {
  id: string;
  type: AskedDetail['type'];
  items: NoticeItem[];
  purposes: NoticePurpose[];
  touchpoints: { code: string; label: string }[];
  /** Where, when, kept for how long, reaching how far: one sentence each. */
  conditions: string[];
};

/**
 * All that a customer is told before they decide, in one language. Whoever shows a request shows exactly this, and
 * exactly this is kept as proof of what was shown.
 */
export type Notice = {
  format: 1;
  language: Language;
  retailer: { id: string; name: string; privacy_url: string };
  title: string;
  /** The retailer's own words. */
  message: string | null;
  /** What the retailer offers in return, in its own words. */
  incentive: string | null;
  details: NoticeDetail[];
  life: string;
  ending: string;
  refusing: string;
};

export interface Worded {
  request: { details: readonly AskedDetail[]; use: ConsentUse; lifetimeDays: number; message: string | null };
  retailer: { id: string; name: string; privacyUrl: string; incentive: string | null };
  difference: Difference;
  vocabulary: Vocabulary;
}

/** Puts a request into words. The same request, asked at the same time, always gets the same words. */
export function noticeOf({ request, retailer, difference, vocabulary }: Worded, language: Language): Notice {
  const say = phrases[language];
  const time = spell(`P${request.lifetimeDays}D`, language);
  return {
    format: 1,
    language,
    retailer: { id: retailer.id, name: retailer.name, privacy_url: retailer.privacyUrl },
    title: say.title(retailer.name),
    message: request.message,
    incentive: retailer.incentive,
    details: request.details.map((detail) => ({
      id: detail.id,
      type: detail.type,
      items: itemsOf(detail).map((code) => ({
        ...itemWords(detail, code, retailer.name, vocabulary, language),
        standing: difference.items[detail.id]?.[code] ?? 'new',
      })),
      purposes: detail.purposes.map((code) => codeWords(vocabulary, 'purpose', code, language)),
      touchpoints: detail.touchpoints.map((code) => {
        const { label } = codeWords(vocabulary, 'touchpoint', code, language);
        return { code, label };
      }),
      conditions: conditionsOf(detail, retailer.name, vocabulary, language, say),
    })),
    life: request.use === 'once' ? say.once(time) : say.standing(time),
    ending: say.ending,
    refusing: say.refusing(retailer.name),
  };
}

/** By what a notice is kept and named: equal notices have equal hashes. */
export function noticeHash(notice: Notice): Buffer {
  return sha256(canonicalJson(notice));
}

function itemWords(
  detail: AskedDetail,
  code: string,
  retailer: string,
  vocabulary: Vocabulary,
  language: Language,
): Pick<NoticeItem, 'code' | 'label' | 'sentence'> {
  if (detail.type === 'ccx_preferences') {
    const label = vocabulary.attribute(code)?.labels[language] ?? code;
    return { code, label, sentence: phrases[language].mayRead(retailer, label) };
  }
  const what = (eventTypeWords as Readonly<Record<string, Labels>>)[code]?.[language] ?? code;
  return { code, label: what, sentence: phrases[language].mayReport(retailer, what) };
}

function conditionsOf(
  detail: AskedDetail,
  retailer: string,
  vocabulary: Vocabulary,
  language: Language,
  say: Phrases,
): string[] {
  const labels = (list: string, codes: readonly string[]) =>
    spellList(
      codes.map((code) => codeWords(vocabulary, list, code, language).label),
      language,
    );
  const where = say.where(labels('touchpoint', detail.touchpoints));
  if (detail.type === 'ccx_interactions') {
    return [
      where,
      ...(detail.since === undefined ? [] : [history(detail.since, language, say)]),
      ...(durationMs(detail.late_reporting) ? [say.late(spell(detail.late_reporting, language))] : []),
    ];
  }
  return [
    where,
    ...(detail.stages.length < stages.length ? [say.when(labels('stage', detail.stages))] : []),
    ...detail.delivery.flatMap((delivery) => say.delivery[delivery] ?? []),
    durationMs(detail.retention) ? say.keeps(retailer, spell(detail.retention, language)) : say.keepsNothing(retailer),
  ];
}

function history(since: string, language: Language, say: Phrases): string {
  return durationMs(since) === null
    ? say.historySince(spellDate(since, language))
    : say.historyFor(spell(since, language));
}

function codeWords(vocabulary: Vocabulary, list: string, code: string, language: Language): NoticePurpose {
  const entry = vocabulary.release.code_lists[list]?.codes.find((known) => known.code === code);
  const label = entry?.labels[language] ?? entry?.labels.en ?? code;
  return { code, label, sentence: entry?.description?.[language] ?? label };
}
