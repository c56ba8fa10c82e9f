import { ApiProperty, OmitType } from '@nestjs/swagger';

import { openCode } from '../platform/http/extensible.js';
import type { JsonObject } from '../platform/json.js';
import { render, type RenderedFormat, renderedFormats } from '../preferences/rendering.js';
import { PreferencesAnswerDto } from './answer.dto.js';
import { EffectiveDto } from './effective.dto.js';
import type { Preview } from './effective.service.js';
import type { Answer } from './answering.service.js';

const format = { ...openCode(renderedFormats), description: 'In whose words the rendering is.', example: 'xdm' };
const rendering = {
  type: 'object',
  additionalProperties: true,
  description: 'The same in those words. What they have no place for is left out, and whatever was not stated.',
  example: { consents: { marketing: { email: { val: 'y' } }, metadata: { time: '2026-11-21T09:30:00.412Z' } } },
} as const;

/** What a customer lets a retailer know here and now, in the words of another standard. */
export class RenderedAnswerDto extends OmitType(PreferencesAnswerDto, ['preferences'] as const) {
  @ApiProperty(format)
  format!: RenderedFormat;

  @ApiProperty(rendering)
  rendering!: JsonObject;

  /** @param source The address of this broker. */
  static of(answer: Answer, as: RenderedFormat, source: string): RenderedAnswerDto {
    const { preferences: _, ...envelope } = PreferencesAnswerDto.of(answer);
    const { at, view } = answer;
    return { ...envelope, format: as, rendering: render(as, { preferences: view.preferences, at, source }) };
  }
}

/** What holds of all that a customer stated, in the words of another standard. */
export class RenderedEffectiveDto extends OmitType(EffectiveDto, ['effective', 'explain', 'sharing'] as const) {
  @ApiProperty(format)
  format!: RenderedFormat;

  @ApiProperty(rendering)
  rendering!: JsonObject;

  /** @param source The address of this broker. */
  static of(preview: Preview, as: RenderedFormat, source: string): RenderedEffectiveDto {
    const { at, valid_until, vocabulary } = EffectiveDto.of(preview);
    const preferences = preview.effective;
    return {
      at,
      valid_until,
      vocabulary,
      format: as,
      rendering: render(as, { preferences, at: preview.at, source }),
    };
  }
}
