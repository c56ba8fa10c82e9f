import type { Language } from '../../consents/phrases.js';
import { accountMessages } from './account.messages.js';
import { consentMessages } from './consent.messages.js';
import { erasureMessages } from './erasure.messages.js';
import { myConsentsMessages } from './my-consents.messages.js';
import { rulesMessages } from './rules.messages.js';
import { signInMessages } from './sign-in.messages.js';
import { switchMessages } from './switch.messages.js';
import { tillCodeMessages } from './till-code.messages.js';

/** What every page says apart from its subject. What a consent says, the consents module words. */
const en = {
  product: 'CCX',
  tagline: 'Your preferences. Your decision.',
  skip: 'To the content',
  inThisLanguage: 'English',
  session: { signedInAs: 'Signed in as', signOut: 'Sign out' },
  refused: {
    title: 'You have refused',
    lead: (retailer: string) => `${retailer} gets nothing of what it asked for. You can close this page, or go back.`,
    byRule: (rule: string) => `Your rule “${rule}” has refused it for you.`,
    back: (retailer: string) => `Back to ${retailer}`,
  },
  error: {
    title: 'That did not work',
    lead: 'Nothing was shared. Go back to where you came from and try again.',
    gone: 'This page is no longer open',
    goneLead:
      'It was opened in another browser, has been used, or has waited for too long. Nothing was shared. Go back to where you came from and begin again.',
    notFound: 'There is nothing here',
    notFoundLead: 'The address may have a typing mistake, or what was here has gone or belongs to another account.',
    forged: 'This form did not come from our page, or the page was too old. Nothing was changed. Open the page again.',
    tooMany: 'That was too often. Wait a few minutes and try again.',
    unavailable: 'We cannot answer right now. Nothing was changed. Try again in a moment.',
    suspended: 'This retailer cannot receive anything at the moment. Nothing was shared.',
    changed: 'Meanwhile something has changed, perhaps in another window. Nothing was changed by this. Look again.',
    toAccount: 'To my consents',
    details: 'For the developers of the service that sent you here',
  },
};

const de: typeof en = {
  product: 'CCX',
  tagline: 'Ihre Vorlieben. Ihre Entscheidung.',
  skip: 'Zum Inhalt',
  inThisLanguage: 'Deutsch',
  session: { signedInAs: 'Angemeldet als', signOut: 'Abmelden' },
  refused: {
    title: 'Sie haben abgelehnt',
    lead: (retailer) =>
      `${retailer} erhält nichts von dem, worum es gebeten hat. Sie können diese Seite schließen oder zurückgehen.`,
    byRule: (rule) => `Ihre Regel „${rule}“ hat es für Sie abgelehnt.`,
    back: (retailer) => `Zurück zu ${retailer}`,
  },
  error: {
    title: 'Das hat nicht geklappt',
    lead: 'Es wurde nichts weitergegeben. Gehen Sie dorthin zurück, woher Sie kamen, und versuchen Sie es noch einmal.',
    gone: 'Diese Seite ist nicht mehr offen',
    goneLead:
      'Sie wurde in einem anderen Browser geöffnet, ist schon erledigt oder hat zu lange gewartet. Es wurde nichts weitergegeben. Gehen Sie dorthin zurück, woher Sie kamen, und beginnen Sie von vorn.',
    notFound: 'Hier ist nichts',
    notFoundLead:
      'Vielleicht hat die Adresse einen Tippfehler, oder was hier war, gibt es nicht mehr oder gehört zu einem anderen Konto.',
    forged:
      'Dieses Formular kam nicht von unserer Seite, oder die Seite war zu alt. Es wurde nichts geändert. Öffnen Sie die Seite noch einmal.',
    tooMany: 'Das war zu oft. Warten Sie einige Minuten und versuchen Sie es dann noch einmal.',
    unavailable: 'Wir können gerade nicht antworten. Es wurde nichts geändert. Versuchen Sie es gleich noch einmal.',
    suspended: 'Dieser Händler kann zurzeit nichts erhalten. Es wurde nichts weitergegeben.',
    changed:
      'Inzwischen hat sich etwas geändert, vielleicht in einem anderen Fenster. Hierdurch wurde nichts geändert. Sehen Sie noch einmal nach.',
    toAccount: 'Zu meinen Einwilligungen',
    details: 'Für die Entwickler des Dienstes, der Sie hierher geschickt hat',
  },
};

/** Every text of the pages, in each language. */
export const messages = {
  en: {
    ...en,
    ...signInMessages.en,
    ...consentMessages.en,
    ...accountMessages.en,
    ...myConsentsMessages.en,
    ...rulesMessages.en,
    ...switchMessages.en,
    ...erasureMessages.en,
    ...tillCodeMessages.en,
  },
  de: {
    ...de,
    ...signInMessages.de,
    ...consentMessages.de,
    ...accountMessages.de,
    ...myConsentsMessages.de,
    ...rulesMessages.de,
    ...switchMessages.de,
    ...erasureMessages.de,
    ...tillCodeMessages.de,
  },
} as const satisfies Readonly<Record<Language, object>>;
