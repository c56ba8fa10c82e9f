import { eventTypeNames } from '../consents/event-types.js';
import type { AnswerLanguage } from '../platform/http/language.js';
import { sharedCodeLists } from '../vocabulary/code-lists.js';
import type { Standing } from './summary-tally.js';

/** What the summary of an export says, in one language. */
export interface SummaryWords {
  readonly title: string;
  readonly lead: (at: string, zone: string) => string;
  readonly figures: {
    readonly reported: string;
    readonly retailers: string;
    readonly counting: string;
    readonly notCounting: string;
  };
  readonly nothing: string;
  readonly byMonth: { readonly title: string; readonly lead: string; readonly description: (most: string) => string };
  readonly earlier: (count: string) => string;
  readonly byTouchpoint: { readonly title: string; readonly description: (first: string) => string };
  readonly byType: { readonly title: string; readonly description: (first: string) => string };
  readonly byStanding: {
    readonly title: string;
    readonly lead: string;
    readonly description: (share: string) => string;
  };
  readonly byReader: { readonly title: string; readonly lead: string; readonly description: (first: string) => string };
  readonly kinds: { readonly title: string; readonly lead: string; readonly kind: string; readonly records: string };
  readonly standings: Readonly<Record<Standing, string>>;
  readonly others: (count: string) => string;
  readonly numbers: string;
  readonly month: string;
  readonly sum: string;
  readonly retailer: string;
  readonly touchpoint: string;
  readonly type: string;
  readonly interactions: string;
  readonly reads: string;
  readonly foot: string;
}

const en: SummaryWords = {
  title: 'What is known of me, in pictures',
  lead: (at, zone) =>
    `Made on ${at}. Days and months are those of the time zone ${zone}. Every single record is in your export; this page only counts them.`,
  figures: {
    reported: 'interactions reported',
    retailers: 'retailers reported them',
    counting: 'of them count',
    notCounting: 'do not: disputed, corrected or taken back',
  },
  nothing: 'No retailer has reported anything of you.',
  byMonth: {
    title: 'Who reported what, month by month',
    lead: 'All interactions that are kept, by the month in which they happened.',
    description: (most) => `Columns by month, one part for each retailer. ${most}`,
  },
  earlier: (count) => `${count} interactions of the time before are not in this picture.`,
  byTouchpoint: {
    title: 'Where it happened',
    description: (first) => `Bars by touchpoint, the longest first: ${first}.`,
  },
  byType: { title: 'What it was', description: (first) => `Bars by kind, the longest first: ${first}.` },
  byStanding: {
    title: 'What counts of it',
    lead: 'What you dispute, and what a retailer took back or corrected, feeds nothing: no suggestion, no count, no limit.',
    description: (share) => `Bars by retailer, in parts by how the interactions stand. ${share}`,
  },
  byReader: {
    title: 'Who looked at what you state',
    lead: 'Each time a retailer was answered, with your consent.',
    description: (first) => `Bars by retailer, the longest first: ${first}.`,
  },
  kinds: {
    title: 'All that the export holds',
    lead: 'Records by kind, as they are called in the file. A record that only takes another one back counts as none above.',
    kind: 'Kind',
    records: 'Records',
  },
  standings: { standing: 'Counts', disputed: 'Disputed by me', corrected: 'Corrected', voided: 'Taken back' },
  others: (count) => `${count} others`,
  numbers: 'The numbers',
  month: 'Month',
  sum: 'All',
  retailer: 'Retailer',
  touchpoint: 'Touchpoint',
  type: 'Kind',
  interactions: 'Interactions',
  reads: 'Answers',
  foot: 'You can note something beside each interaction, dispute it, or delete it. A retailer learns of a dispute only.',
};

const de: SummaryWords = {
  title: 'Was über mich bekannt ist, in Bildern',
  lead: (at, zone) =>
    `Erstellt am ${at}. Tage und Monate sind die der Zeitzone ${zone}. Jeder einzelne Eintrag steht in Ihrem Export; diese Seite zählt sie nur.`,
  figures: {
    reported: 'gemeldete Ereignisse',
    retailers: 'Händler haben gemeldet',
    counting: 'davon zählen',
    notCounting: 'nicht: bestritten, berichtigt oder zurückgenommen',
  },
  nothing: 'Kein Händler hat etwas über Sie gemeldet.',
  byMonth: {
    title: 'Wer was gemeldet hat, Monat für Monat',
    lead: 'Alle aufbewahrten Ereignisse, nach dem Monat, in dem sie geschehen sind.',
    description: (most) => `Säulen nach Monaten, ein Teil je Händler. ${most}`,
  },
  earlier: (count) => `${count} Ereignisse aus der Zeit davor sind nicht in diesem Bild.`,
  byTouchpoint: {
    title: 'Wo es geschehen ist',
    description: (first) => `Balken nach Kontaktpunkten, der längste zuerst: ${first}.`,
  },
  byType: { title: 'Was es war', description: (first) => `Balken nach Art, der längste zuerst: ${first}.` },
  byStanding: {
    title: 'Was davon zählt',
    lead: 'Was Sie bestreiten und was ein Händler zurückgenommen oder berichtigt hat, fließt nirgends ein: in keinen Vorschlag, keine Zählung, keine Grenze.',
    description: (share) => `Balken nach Händlern, in Teilen danach, ob die Ereignisse zählen. ${share}`,
  },
  byReader: {
    title: 'Wer gelesen hat, was Sie angeben',
    lead: 'Jedes Mal, dass ein Händler mit Ihrer Einwilligung Auskunft bekam.',
    description: (first) => `Balken nach Händlern, der längste zuerst: ${first}.`,
  },
  kinds: {
    title: 'Alles, was der Export enthält',
    lead: 'Einträge nach Art, so wie sie in der Datei heißen. Einer, der nur einen anderen zurücknimmt, zählt oben nicht.',
    kind: 'Art',
    records: 'Einträge',
  },
  standings: { standing: 'Zählt', disputed: 'Von mir bestritten', corrected: 'Berichtigt', voided: 'Zurückgenommen' },
  others: (count) => `${count} weitere`,
  numbers: 'Die Zahlen',
  month: 'Monat',
  sum: 'Alle',
  retailer: 'Händler',
  touchpoint: 'Kontaktpunkt',
  type: 'Art',
  interactions: 'Ereignisse',
  reads: 'Auskünfte',
  foot: 'Zu jedem Ereignis können Sie etwas notieren, Sie können es bestreiten oder löschen. Der Händler erfährt nur, dass Sie etwas bestreiten.',
};

export const summaryWords: Readonly<Record<AnswerLanguage, SummaryWords>> = { en, de };

/** What a touchpoint is called, or its code where it is none of ours. */
export function touchpointName(code: string, language: AnswerLanguage): string {
  const labels = sharedCodeLists.touchpoint.codes.find((one) => one.code === code)?.labels;
  return labels?.[language] ?? labels?.en ?? code;
}

/** What a kind of interaction is called, or its code where it is none of ours. */
export function typeName(code: string, language: AnswerLanguage): string {
  return code in eventTypeNames ? eventTypeNames[code as keyof typeof eventTypeNames][language] : code;
}
