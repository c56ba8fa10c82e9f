import { buildMessage, ValidateBy } from 'class-validator';

/** Text that a person reads on one line: something visible, nothing that controls a terminal or a page. */
export function IsDisplayText(longest: number): PropertyDecorator {
  return ValidateBy({
    name: 'isDisplayText',
    validator: {
      validate: (value: unknown) => isDisplayText(value, longest),
      defaultMessage: buildMessage(() => `$property must be one line of 1 to ${longest} characters`),
    },
  });
}

export function isDisplayText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && /\S/.test(value) && !/\p{Cc}/u.test(value) && [...value].length <= longest;
}

/** A language tag of BCP 47, such as `en` or `de-AT`. */
export function IsLanguageTag(): PropertyDecorator {
  return ValidateBy({
    name: 'isLanguageTag',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && value.length <= 35 && isLanguageTag(value),
      defaultMessage: buildMessage(() => '$property must be a language tag (BCP 47), such as en or de-AT'),
    },
  });
}

function isLanguageTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}
