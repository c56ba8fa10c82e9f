import { CcxError, Problem } from '../platform/errors.js';

/** No such preference, or it belongs to someone else: the two look the same from outside. */
@Problem({
  code: 'preference-not-found',
  kind: 'not-found',
  title: 'No such preference',
  advice: 'List the preferences to find it. A removed one is gone, but its history can still be read by its id.',
})
export class PreferenceNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no preference ${id}.`);
  }
}

export interface Rival {
  /** Where in the request the same is said again. */
  readonly pointer: string;
  /** The preference that says it already. */
  readonly id: string;
}

@Problem({
  code: 'preference-exists',
  kind: 'conflict',
  title: 'That is stated already',
  advice:
    'Revise the preference named in `preference_id` instead. Attribute, key, applies_to and context together may be stated once.',
})
export class PreferenceExistsError extends CcxError {
  constructor(rivals: readonly [Rival, ...Rival[]]) {
    super(`Preference ${rivals[0].id} states that already.`, {
      errors: rivals.map(({ pointer, id }) => ({ pointer, detail: `is stated already by preference ${id}` })),
      extensions: { preference_id: rivals[0].id },
    });
  }
}

@Problem({
  code: 'too-many-preferences',
  kind: 'conflict',
  title: 'The profile is full',
  advice: 'Remove preferences that you no longer need; `limit` is the most that a profile may hold.',
})
export class TooManyPreferencesError extends CcxError {
  constructor(limit: number) {
    super(`A profile holds at most ${limit} preferences.`, { extensions: { limit } });
  }
}

@Problem({
  code: 'category-full',
  kind: 'conflict',
  title: 'The category is full',
  advice: 'Remove preferences of this category, or shorten their values.',
})
export class CategoryFullError extends CcxError {
  constructor(category: string, limitBytes: number) {
    super(`The preferences of ${category} would take more than ${limitBytes} bytes.`, {
      extensions: { category, limit_bytes: limitBytes },
    });
  }
}

@Problem({
  code: 'preset-not-found',
  kind: 'not-found',
  title: 'No such preset',
  advice: 'List the presets to see which there are.',
})
export class PresetNotFoundError extends CcxError {
  constructor(id: string) {
    super(`There is no preset ${id}.`);
  }
}

@Problem({
  code: 'preference-changed',
  kind: 'conflict',
  title: 'The preference has changed since',
  advice:
    'Read its history. Only the latest change can be undone: name it by `latest_version`, if that is the one you mean.',
})
export class PreferenceChangedError extends CcxError {
  constructor(id: string, latestVersion: number) {
    super(`The latest version of preference ${id} is ${latestVersion}.`, {
      extensions: { latest_version: latestVersion },
    });
  }
}

@Problem({
  code: 'preference-meaningless',
  kind: 'conflict',
  title: 'That can be stated no more',
  advice: 'The vocabulary has dropped what the earlier version states. State what you want in its present words.',
})
export class PreferenceMeaninglessError extends CcxError {
  constructor(id: string) {
    super(`What preference ${id} was before means nothing in the vocabulary of today.`);
  }
}
