import { sha256 } from '../platform/crypto/seal.js';
import type { ConsentUse } from './consent.entity.js';
import { type AskedSpecial, type AskedSpecialProducts, isReporting, itemsOf } from './detail.js';
import type { Words } from './words.js';

/** The words in which something special is given, and the hash by which whoever approves names them. */
export type NoticeStatement = { text: string; hash: string };

interface Terms {
  use: ConsentUse;
  lifetimeDays: number;
}

/**
 * All that express consent to something special has to name (GDPR Art. 9(2)(a)): who, what and what that may reveal,
 * what for, where, until when, and how to end it. Times are counted from the decision, so that the same request has the
 * same statement whenever it is shown.
 */
export function statementOf(
  detail: AskedSpecial | AskedSpecialProducts,
  { use, lifetimeDays }: Terms,
  words: Words,
): NoticeStatement {
  const { statement, mayReveal } = words.say;
  const time = words.spell(`P${lifetimeDays}D`);
  const text = [
    ...itemsOf(detail).flatMap((code) => {
      const item = { type: detail.type, code };
      const revealed = words.revealed(item);
      const consents = isReporting(detail) ? statement.consentsToNames : statement.consents;
      return [consents(words.retailer, words.itemLabel(item)), ...(revealed ? [mayReveal(revealed.mine)] : [])];
    }),
    statement.purpose(words.labels('purpose', detail.purposes)),
    words.where(detail),
    ...(isReporting(detail) ? words.inReports(detail) : [...words.when(detail), words.kept(detail)]),
    use === 'once' ? statement.once(time) : statement.standing(time),
    ...(isReporting(detail) ? words.late(detail) : []),
    statement.ending,
  ].join(' ');
  return { text, hash: sha256(text).toString('base64url') };
}
