import type { Language } from '../../consents/phrases.js';

const en = {
  signIn: 'Sign in with a passkey',
  or: 'or',
  notSignedIn: 'Nobody was signed in. Try again, or use your password.',
  confirm: 'Confirm with a passkey',
  add: 'Add a passkey',
  addLead:
    'With a passkey you sign in by fingerprint, face or screen lock instead of the password. It stays on your device or in your password manager; we get only what proves that you have it.',
  name: 'What you call it',
  nameExample: 'This phone',
  notAdded: 'No passkey was added. Your device may have one already, or the request took too long.',
  noScript: 'To add a passkey, your browser must allow our script on this page. Everything else works without it.',
};

export type PasskeyMessages = typeof en;

const de: PasskeyMessages = {
  signIn: 'Mit einem Passkey anmelden',
  or: 'oder',
  notSignedIn: 'Niemand wurde angemeldet. Versuchen Sie es noch einmal, oder nehmen Sie Ihr Passwort.',
  confirm: 'Mit einem Passkey bestätigen',
  add: 'Passkey hinzufügen',
  addLead:
    'Mit einem Passkey melden Sie sich mit Fingerabdruck, Gesicht oder Bildschirmsperre an statt mit dem Passwort. Er bleibt auf Ihrem Gerät oder in Ihrem Passwort-Manager; wir erhalten nur, was beweist, dass Sie ihn haben.',
  name: 'Wie Sie ihn nennen',
  nameExample: 'Dieses Telefon',
  notAdded:
    'Es wurde kein Passkey hinzugefügt. Vielleicht hat Ihr Gerät schon einen, oder die Anfrage hat zu lange gedauert.',
  noScript:
    'Um einen Passkey hinzuzufügen, muss Ihr Browser auf dieser Seite unser Skript zulassen. Alles andere geht ohne.',
};

export const passkeyMessages: Readonly<Record<Language, PasskeyMessages>> = { en, de };
