import type { Labels } from '../vocabulary/code-lists.js';

/**
 * Products whose purchase tells of health, pregnancy or intimacy (GDPR article 9). What was bought of them is kept
 * only where the customer has consented to just this.
 */
const words = {
  pharmacy: { en: 'Medicines and pharmacy products', de: 'Arzneimittel und Apothekenprodukte' },
  maternity: { en: 'Products for pregnancy and birth', de: 'Produkte für Schwangerschaft und Geburt' },
  intimate: { en: 'Intimate products', de: 'Intime Produkte' },
  test: { en: 'Self-tests', de: 'Selbsttests' },
  mobility_aid: { en: 'Mobility aids', de: 'Mobilitätshilfen' },
} as const satisfies Record<string, Labels>;

export type SpecialClass = keyof typeof words;

export const specialClasses = Object.keys(words) as readonly SpecialClass[];

export function isSpecialClass(code: string): code is SpecialClass {
  return Object.hasOwn(words, code);
}

export const specialClassWords: Readonly<Record<SpecialClass, Labels>> = words;

/** What having bought of a class may reveal. */
export const specialClassKinds: Readonly<Record<SpecialClass, 'health' | 'intimacy'>> = {
  pharmacy: 'health',
  maternity: 'health',
  intimate: 'intimacy',
  test: 'health',
  mobility_aid: 'health',
};
