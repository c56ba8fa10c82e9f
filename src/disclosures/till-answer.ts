import { ApiProperty } from '@nestjs/swagger';

import { PreferencesAnswerDto } from './answer.dto.js';
import type { Answer } from './answering.service.js';

/** What a till is answered, in bytes of JSON: what old tills take in one piece. */
export const LARGEST_TILL_ANSWER = 2_048;

/** What a customer lets a till know, who has shown it a code. */
export class TillAnswerDto extends PreferencesAnswerDto {
  @ApiProperty({
    description:
      'Whether there is more than a till takes at once. `POST /v1/preferences/lookup` with the subject answers all of it.',
    example: false,
  })
  more!: boolean;

  static atTill(answer: Answer, more: boolean): TillAnswerDto {
    return { ...PreferencesAnswerDto.of(answer), more };
  }
}

/**
 * The answer, cut to what a till takes: attribute by attribute, those first of which something binds the retailer, and
 * each of them whole, since half of a list would be taken for all of it. The answer itself where it is small enough.
 */
export function fitForTill(answer: Answer): Answer {
  if (sizeOf(answer, false) <= LARGEST_TILL_ANSWER) return answer;
  const { preferences } = answer.view;
  const binding = new Set(
    preferences.flatMap(({ attribute, strength }) => (strength === 'must' || strength === 'never' ? attribute : [])),
  );
  const attributes = [...new Set(preferences.map(({ attribute }) => attribute))];
  const byWeight = [
    ...attributes.filter((path) => binding.has(path)),
    ...attributes.filter((path) => !binding.has(path)),
  ];
  return byWeight.reduce(
    (fitting, path) => {
      const larger = telling(answer, [...fitting.view.told, path]);
      return sizeOf(larger, true) <= LARGEST_TILL_ANSWER ? larger : fitting;
    },
    telling(answer, []),
  );
}

function telling(answer: Answer, told: readonly string[]): Answer {
  const preferences = answer.view.preferences.filter(({ attribute }) => told.includes(attribute));
  return { ...answer, view: { ...answer.view, preferences, told } };
}

function sizeOf(answer: Answer, more: boolean): number {
  return Buffer.byteLength(JSON.stringify(TillAnswerDto.atTill(answer, more)));
}
