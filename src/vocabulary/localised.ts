import type { AnswerLanguage } from '../platform/http/language.js';
import type { Attribute, AttributeDefault } from './attribute.js';
import type { Code } from './code-lists.js';
import type { Release } from './release.js';

/** A release with everything that has labels named in one language besides; in English where that has none. */
export function inLanguage(release: Release, language: AnswerLanguage) {
  const lists = Object.entries(release.code_lists).map(([name, list]) => [
    name,
    { ...list, codes: list.codes.map((code) => named(code, language)) },
  ]);
  return {
    ...release,
    language,
    attributes: release.attributes.map((attribute) => ({
      ...named(attribute, language),
      ...(attribute.default && { default: explained(attribute.default, language) }),
    })),
    code_lists: Object.fromEntries(lists) as Release['code_lists'],
  };
}

function named<T extends Pick<Attribute | Code, 'labels' | 'description'>>(thing: T, language: AnswerLanguage) {
  const { labels, description } = thing;
  return {
    ...thing,
    label: labels[language] ?? labels.en,
    ...(description && { explanation: description[language] }),
  };
}

function explained(given: AttributeDefault, language: AnswerLanguage) {
  return { ...given, explanation: given.text[language] };
}
