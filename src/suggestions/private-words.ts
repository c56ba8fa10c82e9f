/**
 * What a catalogue calls things that tell of health, pregnancy, children, religion or diet. None of these is ever
 * inferred (GDPR article 9, and what comes close to it); a retailer that has not marked such a product as special has
 * often still named it so. Beginnings of words, in English and in German.
 */
const beginnings =
  'allerg baby babies bible bibel brustpumpe christening cochlear condom contracept diabet diaper diät dialys ' +
  'drogerie gluten glutenfrei gebetsteppich halal hearing hörgerät incontinen inkontinenz infant insulin kinderwagen ' +
  'kommunion kondom koran koscher kosher krücke lactose laktose matern medic medikament medizin mutterschaft nappies ' +
  'nappy orthop ovulation pflegebett pharma pille pregnan quran ramadan rollator rollstuhl säugling schnuller ' +
  'schwanger stillen thora toddler torah umstand vegan vegetar verhütung wheelchair windel zöliak';

const tell = new RegExp(`(?<![\\p{L}])(?:${beginnings.split(' ').join('|')})`, 'iu');

/** Whether one of these texts of a catalogue tells of something that must never be inferred. */
export function tellsOfPrivateMatters(...texts: readonly (string | undefined)[]): boolean {
  return texts.some((text) => text !== undefined && tell.test(text));
}
