import type { Language } from '../../consents/phrases.js';

/** Every text of the pages apart from what a consent says, which the consents module words. */
export interface Messages {
  readonly product: string;
  readonly tagline: string;
  readonly signIn: {
    readonly title: string;
    readonly lead: (retailer: string) => string;
    readonly email: string;
    readonly password: string;
    readonly submit: string;
    readonly newHere: string;
    readonly toSignUp: string;
    readonly refused: string;
    readonly cancel: (retailer: string) => string;
  };
  readonly signUp: {
    readonly title: string;
    readonly lead: string;
    readonly passwordHint: string;
    readonly submit: string;
    readonly known: string;
    readonly toSignIn: string;
    readonly emailTaken: string;
    readonly emailInvalid: string;
    readonly codesTitle: string;
    readonly codesLead: string;
    readonly continue: string;
  };
  readonly session: { readonly signedInAs: string; readonly signOut: string };
  readonly consent: {
    readonly privacy: string;
    readonly inTheirWords: (retailer: string) => string;
    readonly inReturn: (retailer: string) => string;
    readonly mayRead: (retailer: string) => string;
    readonly mayReport: (retailer: string) => string;
    readonly itemsLegend: string;
    readonly yourValue: string;
    readonly nothingStated: string;
    readonly terms: string;
    readonly why: string;
    readonly where: string;
    readonly howLong: string;
    readonly days: (days: number) => string;
    readonly asAsked: (days: string) => string;
    readonly already: string;
    readonly wider: string;
    readonly difference: (retailer: string) => string;
    readonly allow: string;
    readonly refuse: string;
    readonly untick: string;
    readonly nothingKept: string;
    readonly changed: string;
  };
  readonly refused: {
    readonly title: string;
    readonly lead: (retailer: string) => string;
    readonly back: (retailer: string) => string;
  };
  readonly error: {
    readonly title: string;
    readonly lead: string;
    readonly gone: string;
    readonly goneLead: string;
    readonly forged: string;
    readonly tooMany: string;
    readonly unavailable: string;
    readonly details: string;
  };
}

const en: Messages = {
  product: 'CCX',
  tagline: 'Your preferences. Your decision.',
  signIn: {
    title: 'Sign in',
    lead: (retailer) => `${retailer} would like to ask you something. Sign in to see what.`,
    email: 'E-mail address',
    password: 'Password',
    submit: 'Sign in',
    newHere: 'New to CCX?',
    toSignUp: 'Create an account',
    refused: 'This e-mail address and this password do not go together.',
    cancel: (retailer) => `Cancel and return to ${retailer}`,
  },
  signUp: {
    title: 'Create your account',
    lead: 'Your preferences belong to you. Nobody sees anything until you allow it.',
    passwordHint: 'At least 12 characters. A short sentence is easy to remember and hard to guess.',
    submit: 'Create account',
    known: 'Do you have an account?',
    toSignIn: 'Sign in',
    emailTaken: 'There is an account with this e-mail address already. Sign in instead.',
    emailInvalid: 'Enter a complete e-mail address.',
    codesTitle: 'Keep these recovery codes',
    codesLead:
      'If you forget your password, one of these codes lets you in. Each works once. They are shown only now: write them down or save them.',
    continue: 'I have kept them, continue',
  },
  session: { signedInAs: 'Signed in as', signOut: 'Sign out' },
  consent: {
    privacy: 'Privacy policy',
    inTheirWords: (retailer) => `${retailer} says`,
    inReturn: (retailer) => `What ${retailer} offers in return, in its own words`,
    mayRead: (retailer) => `What ${retailer} may see`,
    mayReport: (retailer) => `What ${retailer} may report to you`,
    itemsLegend: 'Untick whatever you do not want to allow.',
    yourValue: 'You have stated',
    nothingStated: 'You have stated nothing here yet.',
    terms: 'Terms',
    why: 'What for',
    where: 'Where',
    howLong: 'For how long',
    days: (days) => (days === 1 ? '1 day' : `${days} days`),
    asAsked: (days) => `${days}, as asked for`,
    already: 'Already allowed',
    wider: 'Wider than before',
    difference: (retailer) => `You have allowed ${retailer} something before. It stays as it is; this would be added.`,
    allow: 'Allow what is ticked',
    refuse: 'Refuse all of it',
    untick: 'Both answers are fine. Refusing has no disadvantage at CCX.',
    nothingKept: 'You have unticked everything. To give nothing, choose “Refuse all of it”.',
    changed: 'Something has changed since this page was made. Please look at it again.',
  },
  refused: {
    title: 'You have refused',
    lead: (retailer) => `${retailer} gets nothing from CCX. You can close this page, or go back.`,
    back: (retailer) => `Back to ${retailer}`,
  },
  error: {
    title: 'That did not work',
    lead: 'Nothing was shared. Go back to where you came from and try again.',
    gone: 'This page is no longer open',
    goneLead:
      'It was opened in another browser, has been used, or has waited for too long. Nothing was shared. Go back to where you came from and begin again.',
    forged: 'This form did not come from our page, or the page was too old. Nothing was changed. Open the page again.',
    tooMany: 'That was too often. Wait a few minutes and try again.',
    unavailable: 'We cannot answer right now. Nothing was changed. Try again in a moment.',
    details: 'For the developers of the service that sent you here',
  },
};

const de: Messages = {
  product: 'CCX',
  tagline: 'Ihre Vorlieben. Ihre Entscheidung.',
  signIn: {
    title: 'Anmelden',
    lead: (retailer) => `${retailer} möchte Sie etwas fragen. Melden Sie sich an, um zu sehen, was.`,
    email: 'E-Mail-Adresse',
    password: 'Passwort',
    submit: 'Anmelden',
    newHere: 'Neu bei CCX?',
    toSignUp: 'Konto anlegen',
    refused: 'Diese E-Mail-Adresse und dieses Passwort passen nicht zusammen.',
    cancel: (retailer) => `Abbrechen und zurück zu ${retailer}`,
  },
  signUp: {
    title: 'Konto anlegen',
    lead: 'Ihre Vorlieben gehören Ihnen. Niemand sieht etwas, bevor Sie es erlauben.',
    passwordHint: 'Mindestens 12 Zeichen. Ein kurzer Satz ist leicht zu merken und schwer zu erraten.',
    submit: 'Konto anlegen',
    known: 'Haben Sie schon ein Konto?',
    toSignIn: 'Anmelden',
    emailTaken: 'Zu dieser E-Mail-Adresse gibt es schon ein Konto. Melden Sie sich stattdessen an.',
    emailInvalid: 'Geben Sie eine vollständige E-Mail-Adresse ein.',
    codesTitle: 'Bewahren Sie diese Notfallcodes auf',
    codesLead:
      'Falls Sie Ihr Passwort vergessen, kommen Sie mit einem dieser Codes in Ihr Konto. Jeder gilt einmal. Sie werden nur jetzt gezeigt: Notieren oder speichern Sie sie.',
    continue: 'Ich habe sie aufbewahrt, weiter',
  },
  session: { signedInAs: 'Angemeldet als', signOut: 'Abmelden' },
  consent: {
    privacy: 'Datenschutzerklärung',
    inTheirWords: (retailer) => `${retailer} schreibt dazu`,
    inReturn: (retailer) => `Was ${retailer} dafür bietet, in eigenen Worten`,
    mayRead: (retailer) => `Was ${retailer} sehen darf`,
    mayReport: (retailer) => `Was ${retailer} Ihnen melden darf`,
    itemsLegend: 'Entfernen Sie das Häkchen bei allem, was Sie nicht erlauben möchten.',
    yourValue: 'Ihre Angabe',
    nothingStated: 'Hier haben Sie noch nichts angegeben.',
    terms: 'Bedingungen',
    why: 'Wofür',
    where: 'Wo',
    howLong: 'Wie lange',
    days: (days) => (days === 1 ? '1 Tag' : `${days} Tage`),
    asAsked: (days) => `${days}, wie angefragt`,
    already: 'Schon erlaubt',
    wider: 'Weiter als bisher',
    difference: (retailer) => `Sie haben ${retailer} bereits etwas erlaubt. Das bleibt, wie es ist; dies käme hinzu.`,
    allow: 'Angekreuztes erlauben',
    refuse: 'Alles ablehnen',
    untick: 'Beide Antworten sind in Ordnung. Eine Ablehnung hat bei CCX keinen Nachteil.',
    nothingKept: 'Sie haben alle Häkchen entfernt. Um nichts zu geben, wählen Sie „Alles ablehnen“.',
    changed: 'Seit diese Seite erstellt wurde, hat sich etwas geändert. Bitte sehen Sie sie noch einmal an.',
  },
  refused: {
    title: 'Sie haben abgelehnt',
    lead: (retailer) => `${retailer} erhält nichts von CCX. Sie können diese Seite schließen oder zurückgehen.`,
    back: (retailer) => `Zurück zu ${retailer}`,
  },
  error: {
    title: 'Das hat nicht geklappt',
    lead: 'Es wurde nichts weitergegeben. Gehen Sie dorthin zurück, woher Sie kamen, und versuchen Sie es noch einmal.',
    gone: 'Diese Seite ist nicht mehr offen',
    goneLead:
      'Sie wurde in einem anderen Browser geöffnet, ist schon erledigt oder hat zu lange gewartet. Es wurde nichts weitergegeben. Gehen Sie dorthin zurück, woher Sie kamen, und beginnen Sie von vorn.',
    forged:
      'Dieses Formular kam nicht von unserer Seite, oder die Seite war zu alt. Es wurde nichts geändert. Öffnen Sie die Seite noch einmal.',
    tooMany: 'Das war zu oft. Warten Sie einige Minuten und versuchen Sie es dann noch einmal.',
    unavailable: 'Wir können gerade nicht antworten. Es wurde nichts geändert. Versuchen Sie es gleich noch einmal.',
    details: 'Für die Entwickler des Dienstes, der Sie hierher geschickt hat',
  },
};

export const messages: Readonly<Record<Language, Messages>> = { en, de };
