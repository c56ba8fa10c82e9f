import { NoticeOutdatedError } from './consents.errors.js';
import type { Language } from './phrases.js';
import { type Notice, noticeHash } from './wording.js';

/** What the customer was shown: by the hash of the notice (hex), or by its language; English, when neither is told. */
export interface Shown {
  hash?: string;
  language?: Language;
}

/** Which of the notices that was. @throws NoticeOutdatedError when it is none of these any longer */
export function shownOf(notices: Readonly<Record<Language, Notice>>, { hash, language = 'en' }: Shown): Notice {
  if (hash === undefined) return notices[language];
  const shown = Object.values(notices).find((notice) => noticeHash(notice).toString('hex') === hash);
  if (!shown) throw new NoticeOutdatedError();
  return shown;
}
