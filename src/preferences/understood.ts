import { compareVersions, majorOf } from '../vocabulary/semantic-version.js';
import { upcast } from '../vocabulary/upcast.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { Preference } from './preference.js';

/**
 * What was stated under one release, as another understands it: renamed, mapped, left out. What that release cannot take
 * is set aside: it is pending, until the customer says it anew. Pure, so that what is stored need not be rewritten.
 */
export function understood(
  preferences: readonly Preference[],
  version: string,
  vocabulary: Vocabulary,
): readonly Preference[] {
  // Only a major changes what a statement means; a later release is not undone.
  if (majorOf(version) >= majorOf(vocabulary.version)) return preferences;
  return upcastAll(preferences, version, vocabulary).map((preference) =>
    isTaken(preference, vocabulary) ? preference : { ...preference, status: 'pending' },
  );
}

/** The same without setting anything aside. */
export function upcastAll(
  preferences: readonly Preference[],
  version: string,
  vocabulary: Vocabulary,
): readonly Preference[] {
  const releases = vocabulary.upcastsSince(version);
  if (releases.length === 0) return preferences;
  return preferences.flatMap((preference) => {
    let statement: Preference | null = preference;
    for (const upcasts of releases) statement = statement && upcast(statement, upcasts);
    if (!statement) return [];
    if (statement === preference) return [preference];
    return [{ ...statement, key: vocabulary.keyOf(statement.attribute, statement.value) }];
  });
}

/** Whether a release is newer than the one that this process goes by: its clock is a moment behind another's. */
export function isAhead(version: string, vocabulary: Vocabulary): boolean {
  return compareVersions(version, vocabulary.version) > 0;
}

/** Whether a vocabulary has a place for the statement, under this very name. */
export function isTaken(
  { attribute, value, strength }: Pick<Preference, 'attribute' | 'value' | 'strength'>,
  vocabulary: Vocabulary,
): boolean {
  const strengths = vocabulary.attribute(attribute)?.strengths;
  const isItsName = vocabulary.nameOf(attribute) === attribute;
  return isItsName && (strengths?.includes(strength) ?? false) && vocabulary.checkValue(attribute, value).length === 0;
}
