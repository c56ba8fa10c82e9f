import type { Language } from '../../consents/phrases.js';

const en = {
  title: 'Connect a device',
  lead: 'Type the code that the till, kiosk or screen in front of you shows.',
  code: 'Code',
  codeHint: 'Eight letters. Capitals and dashes do not matter.',
  goOn: 'Go on',
  careful:
    'Type only a code that you see yourself, on a device of a shop where you are. Whoever sends you a code, or asks you for one on the phone, wants to get at your data.',
  missing: 'Type the code that the device shows.',
  notFound: 'There is no such code. Compare it with the one on the device and type it again.',
  expired: 'This code is too old. Ask the device for a new one.',
  used: 'This code has been used. Ask the device for a new one.',
  tooMany: 'Too many codes have been typed from here. Wait a few minutes and try again.',
  failed: 'That did not work, and nothing was shared. Ask the device for a new code.',
  asks: (retailer: string) => `${retailer} asks you something`,
  compare: 'Does the device in front of you show exactly this code?',
  from: 'Who asks',
  device: (device: string) => `On the device “${device}”`,
  asked: (minutes: number) =>
    minutes < 1 ? 'Asked just now' : minutes === 1 ? 'Asked a minute ago' : `Asked ${minutes} minutes ago`,
  what: 'What it asks for',
  next: 'Nothing is shared yet. Next you sign in and decide on every point.',
  same: 'It is the same code',
  stop: 'No, stop',
  done: 'Done',
  doneLead: (retailer: string) => `You can close this page: the device of ${retailer} goes on by itself.`,
  ending: 'What you have allowed, and how to end it, is in your account at any time.',
  stopped: 'You have stopped it',
  stoppedLead: 'Nothing was shared, and the device is told so. You can close this page.',
};

const de: typeof en = {
  title: 'Gerät verbinden',
  lead: 'Geben Sie den Code ein, den die Kasse, das Terminal oder der Bildschirm vor Ihnen zeigt.',
  code: 'Code',
  codeHint: 'Acht Buchstaben. Groß- und Kleinschreibung und Striche spielen keine Rolle.',
  goOn: 'Weiter',
  careful:
    'Geben Sie nur einen Code ein, den Sie selbst auf einem Gerät des Geschäfts sehen, in dem Sie sind. Wer Ihnen einen Code schickt oder am Telefon danach fragt, hat es auf Ihre Daten abgesehen.',
  missing: 'Geben Sie den Code ein, den das Gerät zeigt.',
  notFound: 'Diesen Code gibt es nicht. Vergleichen Sie ihn mit dem auf dem Gerät und geben Sie ihn noch einmal ein.',
  expired: 'Dieser Code ist zu alt. Lassen Sie sich auf dem Gerät einen neuen geben.',
  used: 'Dieser Code ist schon benutzt worden. Lassen Sie sich auf dem Gerät einen neuen geben.',
  tooMany:
    'Von hier wurden zu viele Codes eingegeben. Warten Sie einige Minuten und versuchen Sie es dann noch einmal.',
  failed:
    'Das hat nicht geklappt, und es wurde nichts weitergegeben. Lassen Sie sich auf dem Gerät einen neuen Code geben.',
  asks: (retailer) => `${retailer} fragt Sie etwas`,
  compare: 'Zeigt das Gerät vor Ihnen genau diesen Code?',
  from: 'Wer fragt',
  device: (device) => `Auf dem Gerät „${device}“`,
  asked: (minutes) =>
    minutes < 1 ? 'Gefragt gerade eben' : minutes === 1 ? 'Gefragt vor einer Minute' : `Gefragt vor ${minutes} Minuten`,
  what: 'Worum es geht',
  next: 'Noch wird nichts weitergegeben. Als Nächstes melden Sie sich an und entscheiden über jeden Punkt.',
  same: 'Es ist derselbe Code',
  stop: 'Nein, abbrechen',
  done: 'Fertig',
  doneLead: (retailer) => `Sie können diese Seite schließen: Auf dem Gerät von ${retailer} geht es von selbst weiter.`,
  ending: 'Was Sie erlaubt haben und wie Sie es beenden, finden Sie jederzeit in Ihrem Konto.',
  stopped: 'Sie haben abgebrochen',
  stoppedLead: 'Es wurde nichts weitergegeben, und das Gerät erfährt das. Sie können diese Seite schließen.',
};

/** Every text of the pages on which a device's code is typed and confirmed. */
export const deviceMessages: Readonly<Record<Language, typeof en>> = { en, de };
