/*
 * GS1 Web Vocabulary 1.16, code lists DietTypeCode and SizeSystemCode. Copyright 2015-2019 GS1 AISBL.
 * Licensed under the Apache License, Version 2.0; see gs1.notice.md beside this file. German labels added by CCX.
 */
import { type Code, type CodeList, codeList } from './code-lists.js';
import { allergenCodes, deprecatedAllergenCodes } from './gs1-allergens.js';

export const gs1 = (list: string) => ({
  name: `GS1 Web Vocabulary 1.16, ${list}. Copyright 2015-2019 GS1 AISBL; German labels are ours`,
  url: `https://ref.gs1.org/voc/${list}`,
  license: 'Apache-2.0',
});

/** The fourteen main allergens of Regulation (EU) 1169/2011, Annex II, and the cereals and nuts that it names. */
const allergensInGerman: Readonly<Record<string, string>> = {
  AW: 'Glutenhaltiges Getreide',
  AC: 'Krebstiere',
  AE: 'Eier',
  AF: 'Fisch',
  AP: 'Erdnüsse',
  AY: 'Soja',
  AM: 'Milch',
  AN: 'Schalenfrüchte (Nüsse)',
  BC: 'Sellerie',
  BM: 'Senf',
  AS: 'Sesam',
  AU: 'Schwefeldioxid und Sulfite',
  NL: 'Lupinen',
  UM: 'Weichtiere',
  UW: 'Weizen',
  NR: 'Roggen',
  GB: 'Gerste',
  GO: 'Hafer',
  GS: 'Dinkel',
  GK: 'Kamut',
  SA: 'Mandeln',
  SH: 'Haselnüsse',
  SW: 'Walnüsse',
  SC: 'Cashewnüsse',
  SP: 'Pekannüsse',
  SR: 'Paranüsse',
  ST: 'Pistazien',
  SM: 'Macadamianüsse',
  ML: 'Laktose',
  UN: 'Schalentiere',
};

/** What an allergen code is called today: GS1 has deprecated many in favour of others. */
function allergens(): Code[] {
  const inForce = new Set(allergenCodes.map(([code]) => code));
  const current = allergenCodes.map(([code, label]) => named(code, label, { status: 'active', alias_of: null }));
  const deprecated = deprecatedAllergenCodes.map(([code, label, replacement]) =>
    // EEL names itself, and QUEENSLAND_NUTS and TREE_NUT_TRACES name codes that GS1 has not published: these three
    // keep standing for themselves, because to drop a customer's allergy would be worse than an outdated code.
    named(code, label, { status: 'deprecated', alias_of: inForce.has(replacement) ? replacement : null }),
  );
  return [...current, ...deprecated];
}

function named(code: string, label: string, rest: Pick<Code, 'status' | 'alias_of'>): Code {
  const german = allergensInGerman[rest.alias_of ?? code];
  return { code, labels: german ? { en: label, de: german } : { en: label }, ...rest };
}

export const gs1CodeLists = {
  gs1_allergen: { source: gs1('AllergenTypeCode'), codes: allergens() },
  gs1_diet: {
    ...codeList({
      COELIAC: ['Coeliac', 'Zöliakie'],
      DIETETIC: ['Dietetic', 'Diätetisch'],
      FREE_FROM_GLUTEN: ['Free from gluten', 'Glutenfrei'],
      HALAL: ['Halal', 'Halal'],
      KOSHER: ['Kosher', 'Koscher'],
      ORGANIC: ['Organic', 'Bio'],
      VEGAN: ['Vegan', 'Vegan'],
      VEGETARIAN: ['Vegetarian', 'Vegetarisch'],
      WITHOUT_BEEF: ['Without beef', 'Ohne Rindfleisch'],
      WITHOUT_PORK: ['Without pork', 'Ohne Schweinefleisch'],
    }),
    source: gs1('DietTypeCode'),
  },
  gs1_size_system: {
    ...codeList({
      AUSTRALIA: ['Australia', 'Australien'],
      CONTINENTAL: ['Continental', 'Kontinental'],
      EUROPE: ['Europe', 'Europa'],
      JAPAN: ['Japan', 'Japan'],
      MEXICO: ['Mexico', 'Mexiko'],
      UK: ['UK', 'Vereinigtes Königreich'],
      US: ['US', 'USA'],
    }),
    source: gs1('SizeSystemCode'),
  },
} satisfies Record<string, CodeList>;
