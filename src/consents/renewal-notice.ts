import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { Consent } from './consent.entity.js';
import { differenceOf } from './difference.js';
import { type Language, phrases } from './phrases.js';
import { lastExpiry, renewable } from './renewal.js';
import { spellDate } from './spelling.js';
import { type Notice, noticeOf, type Worded } from './wording.js';

interface Renewing {
  consent: Consent;
  retailer: Worded['retailer'];
  vocabulary: Vocabulary;
  end: Date;
  now: Date;
}

/** What a customer is told before they renew a consent: what of it goes on, in the words of requests, and until when. */
export function renewalNotice({ consent, retailer, vocabulary, end, now }: Renewing, language: Language): Notice {
  const details = renewable(consent.details, now);
  const { use, maxReadsPerDay } = consent;
  const request = { details, use, maxReadsPerDay, lifetimeDays: 0, message: null };
  const say = phrases[language];
  return {
    ...noticeOf({ request, retailer, difference: differenceOf(request, consent, now), end, vocabulary }, language),
    title: say.renewal(retailer.name),
    life: say.until(spellDate(end.toISOString(), language)),
    refusing: say.notRenewing(spellDate(lastExpiry(details).toISOString(), language)),
  };
}
