import type { Language } from '../../consents/phrases.js';
import type { JsonValue } from '../../platform/json.js';
import type { Attribute, Strength } from '../../vocabulary/attribute.js';
import type { Vocabulary } from '../../vocabulary/vocabulary.js';

type Words = Readonly<Record<Language, string>>;

/** How members are named whose value does not speak for itself. */
const members: Readonly<Record<string, Words>> = {
  allowed: { en: 'allowed', de: 'erlaubt' },
  without_asking: { en: 'without asking', de: 'ohne zu fragen' },
  little_packaging: { en: 'little packaging', de: 'wenig Verpackung' },
  gift: { en: 'with a gift receipt', de: 'mit Geschenkbon' },
  email: { en: 'by e-mail', de: 'per E-Mail' },
  sms: { en: 'by text message', de: 'per SMS' },
  phone: { en: 'by telephone', de: 'per Telefon' },
  post: { en: 'by letter', de: 'per Brief' },
  push: { en: 'by app notification', de: 'per App-Mitteilung' },
  social: { en: 'through social media', de: 'über soziale Medien' },
  in_person: { en: 'in person', de: 'persönlich' },
  keep: { en: 'keep', de: 'beibehalten' },
  max_per_week: { en: 'at most per week', de: 'höchstens pro Woche' },
  max_extra_percent: { en: 'at most more (%)', de: 'höchstens mehr (%)' },
  level: { en: 'level', de: 'Niveau' },
};

const negations: Words = { en: 'not', de: 'nicht' };

const strengths: Readonly<Record<Strength, Words>> = {
  must: { en: 'always', de: 'immer' },
  want: { en: 'preferred', de: 'bevorzugt' },
  avoid: { en: 'rather not', de: 'lieber nicht' },
  never: { en: 'never', de: 'nie' },
};

/** What a customer has stated, in a few words of their language: “Europe, 42.5, Wide (preferred)”. */
export function statementWords(
  { attribute, value, strength }: { attribute: string; value: JsonValue; strength: Strength },
  vocabulary: Vocabulary,
  language: Language,
): string {
  const definition = vocabulary.attribute(attribute);
  const words = definition ? valueWords(value, '', definition, vocabulary, language) : '';
  return `${words || '…'} (${strengths[strength][language]})`;
}

function valueWords(
  value: JsonValue,
  pointer: string,
  attribute: Attribute,
  vocabulary: Vocabulary,
  language: Language,
): string {
  if (Array.isArray(value)) {
    return value.map((entry) => valueWords(entry, pointer, attribute, vocabulary, language)).join(', ');
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, member]) => memberWords(name, member, `${pointer}/${name}`, attribute, vocabulary, language))
      .filter(Boolean)
      .join(', ');
  }
  return codeWords(attribute.code_lists[pointer], String(value), vocabulary, language);
}

function memberWords(
  name: string,
  value: JsonValue,
  pointer: string,
  attribute: Attribute,
  vocabulary: Vocabulary,
  language: Language,
): string {
  const label = members[name]?.[language];
  if (typeof value === 'boolean') {
    const said = label ?? name.replaceAll('_', ' ');
    return value ? said : `${negations[language]} ${said}`;
  }
  const words = valueWords(value, pointer, attribute, vocabulary, language);
  return label && words ? `${label}: ${words}` : words;
}

function codeWords(list: string | undefined, code: string, vocabulary: Vocabulary, language: Language): string {
  const known = list && vocabulary.release.code_lists[list]?.codes.find((entry) => entry.code === code);
  return known ? (known.labels[language] ?? known.labels.en) : code;
}
