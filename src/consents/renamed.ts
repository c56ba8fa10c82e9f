import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { type AskedDetail, isReporting } from './detail.js';
import type { Holding } from './difference.js';

/**
 * The lines with their attributes by the names that these have in the vocabulary. What was given under an older name is
 * given: a rename changes nothing but the name. Lines that were recorded stay as they are until they change.
 */
export function underNamesOf<Detail extends AskedDetail>(
  details: readonly Detail[],
  vocabulary: Pick<Vocabulary, 'nameOf' | 'renames'>,
): readonly Detail[] {
  if (!vocabulary.renames) return details;
  return details.map((detail) => {
    const line: AskedDetail = detail;
    if (isReporting(line)) return detail;
    const attributes = line.attributes.map((name) => vocabulary.nameOf(name));
    return { ...detail, attributes: [...new Set(attributes)] };
  });
}

/** What is given, in the same way. */
export function holdingOf(
  { details, maxReadsPerDay }: Holding,
  vocabulary: Pick<Vocabulary, 'nameOf' | 'renames'>,
): Holding {
  return { details: underNamesOf(details, vocabulary), maxReadsPerDay };
}
