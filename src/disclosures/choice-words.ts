import type { AnswerLanguage } from '../platform/http/language.js';
import { type Reason, reasons } from '../preferences/verdict.js';
import { type NotSharedReason, notSharedReasons } from './view.js';

const reasonsInGerman: Readonly<Record<Reason, string>> = {
  only: 'Sonst gilt hier nichts.',
  most_specific: 'Es ist die genaueste Angabe, die hier gilt.',
  newest: 'Von den genauesten Angaben, die hier gelten, ist es die neueste.',
  hardest: 'Eine strengere Angabe wird von einer milderen nicht abgeschwächt.',
  overrides: 'Es setzt außer Kraft, was allgemeiner gesagt ist, so wie Sie es wollten.',
  combined: 'Es wurde mit anderen verbunden: In jedem Teil gilt das Strengste.',
  less_specific: 'Stattdessen gilt eine genauere Angabe.',
  older: 'Stattdessen gilt eine neuere, ebenso genaue Angabe.',
  softer: 'Es ist milder als das allgemeiner Gesagte und setzt es nicht außer Kraft.',
  overridden: 'Eine genauere Angabe setzt es außer Kraft.',
  pending: 'Es wartet auf Ihre Bestätigung.',
  other_sector: 'Es gilt für eine andere Art von Händlern.',
  other_retailer: 'Es gilt für einen anderen Händler.',
  other_stage: 'Es gilt für einen anderen Abschnitt des Einkaufs.',
  other_touchpoint: 'Es gilt an einer anderen Stelle.',
  other_place: 'Es gilt an einem anderen Ort.',
  other_occasion: 'Es gilt zu einem anderen Anlass.',
  other_time: 'Es gilt zu einer anderen Zeit.',
  not_yet_valid: 'Es gilt noch nicht.',
  no_longer_valid: 'Es gilt nicht mehr.',
  unknown_attribute: 'Das Vokabular kennt diese Eigenschaft nicht.',
};

const notSharedInGerman: Readonly<Record<NotSharedReason, string>> = {
  no_consent: 'Sie haben diesem Händler dafür keine Einwilligung gegeben.',
  special: 'Es ist besonders geschützt: Es braucht eine Einwilligung für sich allein.',
  private: 'Kein Händler bekommt es je zu sehen.',
  purpose: 'Ihre Einwilligung gilt für einen anderen Zweck.',
  touchpoint: 'Für diese Stelle ist es nicht bestimmt.',
  view: 'Der Händler braucht es an dieser Stelle nicht.',
  stage: 'Ihre Einwilligung gilt für einen anderen Abschnitt des Einkaufs.',
  delivery: 'Nach Ihrer Einwilligung darf der Händler nicht fragen, während er Sie bedient.',
  paused: 'Sie haben die Einwilligung ausgesetzt.',
  retailer_suspended: 'Der Händler ist zurzeit nicht aktiv.',
};

/** Why a preference won or lost, in words for the customer. */
export const whyHeld: Readonly<Record<AnswerLanguage, Readonly<Record<Reason, string>>>> = {
  en: reasons,
  de: reasonsInGerman,
};

/** Why a retailer does not get an attribute, in words for the customer. */
export const whyWithheld: Readonly<Record<AnswerLanguage, Readonly<Record<NotSharedReason, string>>>> = {
  en: notSharedReasons,
  de: notSharedInGerman,
};
