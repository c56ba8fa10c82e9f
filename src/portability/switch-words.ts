import { type Language, languages } from '../consents/phrases.js';
import { isSpecialClass } from '../consents/special-products.js';
import { spellList } from '../consents/spelling.js';
import { Words } from '../consents/words.js';
import type { Labels } from '../vocabulary/code-lists.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { Cut, CutReason } from './switch.js';
import type { LeftReason } from './switch-overrides.js';

/** Who it is taken from, and to whom. */
export interface Between {
  readonly from: string;
  readonly to: string;
}

interface Phrases {
  cut: Readonly<Record<CutReason, (between: Between, list: string, rule: string) => string>>;
  askAnew: (to: string, attribute: string) => string;
  left: Readonly<Record<LeftReason, (between: Between) => string>>;
  existing: Readonly<Record<'widened' | 'paused' | 'complete', (to: string) => string>>;
}

const phrases: Readonly<Record<Language, Phrases>> = {
  en: {
    cut: {
      touchpoint: ({ to }, list) => `${to} cannot ask for this here: ${list}.`,
      recipient: ({ from, to }, list) => `${from} may pass it on to ${list}; ${to} may not.`,
      attribute: ({ to }, list) => `${to} does not know this: ${list}.`,
      history: ({ from, to }) => `What has happened so far stays: nothing that ${from} has reported goes to ${to}.`,
      rule: ({ to }, list, rule) => `Your rule “${rule}” refuses this to ${to}: ${list}.`,
      over: ({ from }, list) => `${from} itself has this no longer: ${list}.`,
    },
    askAnew: (to, attribute) => `“${attribute}” is specially protected: ${to} has to ask you for it itself.`,
    left: {
      inferred: () => 'This was suggested to you. You did not state it yourself.',
      pending: () => 'You have not confirmed this yet.',
      over: () => 'Its time is up.',
      store: ({ from }) => `This is about a store of ${from}.`,
      attribute: ({ to }) => `${to} does not know this.`,
      exists: ({ to }) => `You have stated this for ${to} already, and that stays.`,
    },
    existing: {
      widened: (to) => `${to} has a consent of yours already. This is added to it.`,
      paused: (to) => `${to} has a consent of yours already, and you have paused it. This is added, and rests with it.`,
      complete: (to) => `${to} has all of this already, so there is nothing to agree to.`,
    },
  },
  de: {
    cut: {
      touchpoint: ({ to }, list) => `${to} kann hier nicht darum bitten: ${list}.`,
      recipient: ({ from, to }, list) => `${from} darf es weitergeben an: ${list}. ${to} darf das nicht.`,
      attribute: ({ to }, list) => `${to} kennt das nicht: ${list}.`,
      history: ({ from, to }) => `Was bisher geschehen ist, bleibt: Nichts, was ${from} gemeldet hat, geht an ${to}.`,
      rule: ({ to }, list, rule) => `Ihre Regel „${rule}“ lehnt das für ${to} ab: ${list}.`,
      over: ({ from }, list) => `${from} selbst hat das nicht mehr: ${list}.`,
    },
    askAnew: (to, attribute) => `„${attribute}“ ist besonders geschützt: ${to} muss Sie selbst darum bitten.`,
    left: {
      inferred: () => 'Das wurde Ihnen vorgeschlagen. Sie haben es nicht selbst angegeben.',
      pending: () => 'Das haben Sie noch nicht bestätigt.',
      over: () => 'Die Zeit dafür ist um.',
      store: ({ from }) => `Das betrifft eine Filiale von ${from}.`,
      attribute: ({ to }) => `${to} kennt das nicht.`,
      exists: ({ to }) => `Das haben Sie für ${to} schon angegeben, und dabei bleibt es.`,
    },
    existing: {
      widened: (to) => `${to} hat schon eine Einwilligung von Ihnen. Dies kommt hinzu.`,
      paused: (to) =>
        `${to} hat schon eine Einwilligung von Ihnen, die Sie pausiert haben. Dies kommt hinzu und ruht mit.`,
      complete: (to) => `${to} hat das alles schon; es gibt nichts zuzustimmen.`,
    },
  },
};

/** The difference between what one retailer has and what another one would get, in words. */
export class SwitchWords {
  constructor(
    private readonly vocabulary: Vocabulary,
    private readonly between: Between,
  ) {}

  cut({ reason, codes, rule }: Cut): Labels {
    return inEach((language) =>
      phrases[language].cut[reason](this.between, this.listOf(reason, codes, language), rule?.name ?? ''),
    );
  }

  askAnew(attribute: string): Labels {
    return inEach((language) => phrases[language].askAnew(this.between.to, this.labelOf(attribute, language)));
  }

  left(reason: LeftReason): Labels {
    return inEach((language) => phrases[language].left[reason](this.between));
  }

  existing(how: keyof Phrases['existing']): Labels {
    return inEach((language) => phrases[language].existing[how](this.between.to));
  }

  private listOf(reason: CutReason, codes: readonly string[], language: Language): string {
    const words = new Words(this.vocabulary, language, this.between.to);
    if (reason === 'touchpoint') return words.labels('touchpoint', codes);
    const labels = reason === 'recipient' ? codes : codes.map((code) => this.labelOf(code, language));
    return spellList(labels, language);
  }

  /** Of an attribute, an event type or a class of special products: no two of them share a name. */
  private labelOf(code: string, language: Language): string {
    const reported = isSpecialClass(code) ? 'ccx_interactions_special' : 'ccx_interactions';
    const type = this.vocabulary.attribute(code) ? 'ccx_preferences' : reported;
    return new Words(this.vocabulary, language, this.between.to).itemLabel({ type, code });
  }
}

function inEach(say: (language: Language) => string): Labels {
  return Object.fromEntries(languages.map((language) => [language, say(language)])) as unknown as Labels;
}
