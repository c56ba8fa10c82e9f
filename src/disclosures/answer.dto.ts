import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';

import { type FieldError, problemOf } from '../platform/errors.js';
import { openCode } from '../platform/http/extensible.js';
import type { JsonValue } from '../platform/json.js';
import type { Effective } from '../preferences/resolve.js';
import { type Strength, strengths } from '../vocabulary/attribute.js';
import { purposes, stages, touchpoints } from '../vocabulary/code-lists.js';
import type { OpenConsent } from './admission.js';
import type { Answer } from './answering.service.js';
import type { Refusal } from './reading.service.js';

/** The consent by which an answer is given. */
export class AnsweringConsentDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ description: 'Raised by every change of the consent.', example: 1 })
  version!: number;

  @ApiProperty({ ...openCode(['active']), example: 'active' })
  status!: string;

  @ApiProperty({ format: 'date-time' })
  expires_at!: string;

  static of({ id, version, status, expiresAt }: OpenConsent): AnsweringConsentDto {
    return { id, version, status, expires_at: expiresAt.toISOString() };
  }
}

/** A preference as it holds here and now. */
export class EffectivePreferenceDto {
  @ApiProperty({ example: 'size.footwear' })
  attribute!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'Which one, of an attribute with many values.' })
  key!: string | null;

  @ApiProperty({ description: 'As the schema of the attribute says.', example: { system: 'EUROPE', size: '42.5' } })
  value!: JsonValue;

  @ApiProperty({ ...openCode(strengths), description: 'must and never bind you; want and avoid ask.' })
  strength!: Strength;

  @ApiProperty({ type: 'integer', nullable: true, description: '1 to 100, of a want or an avoid.', example: null })
  weight!: number | null;

  static of({ attribute, key, value, strength, weight }: Effective): EffectivePreferenceDto {
    return { attribute, key, value, strength, weight: weight ?? null };
  }
}

/** What a customer lets a retailer know here and now. */
export class PreferencesAnswerDto {
  @ApiProperty({ description: 'The customer, as your organisation knows them.', example: 'p1PHkE2qXbQmC0dZ3Vt8sYwA' })
  subject!: string;

  @ApiProperty()
  consent!: AnsweringConsentDto;

  @ApiProperty({ ...openCode(purposes), example: 'dpv:ServicePersonalisation' })
  purpose!: string;

  @ApiProperty({ ...openCode(touchpoints), example: 'till' })
  touchpoint!: string;

  @ApiProperty({ ...openCode(stages), nullable: true, example: 'shopping' })
  stage!: string | null;

  @ApiProperty({ format: 'date-time', description: 'When the consent was checked, by our clock.' })
  at!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When time alone may change the answer. It may change earlier: ask again with If-None-Match.',
  })
  valid_until!: string;

  @ApiProperty({ description: 'The release of `ccx-core` that the attributes belong to.', example: '1.2.0' })
  vocabulary!: string;

  @ApiProperty({ type: [EffectivePreferenceDto], description: 'Empty when the customer has stated nothing.' })
  preferences!: EffectivePreferenceDto[];

  @ApiPropertyOptional({
    description:
      'At beacons and in social media, where no preferences are answered: whether you may address the customer now.',
    example: false,
  })
  may_address?: boolean;

  @ApiProperty({ format: 'uuid', description: 'The record of this answer, which the customer sees.' })
  disclosure_id!: string;

  static of({ subject, consent, circumstances, at, vocabulary, view, disclosureId }: Answer): PreferencesAnswerDto {
    const { purpose, touchpoint, stage } = circumstances;
    return {
      subject,
      consent: AnsweringConsentDto.of(consent),
      purpose,
      touchpoint,
      stage,
      at: at.toISOString(),
      valid_until: view.validUntil.toISOString(),
      vocabulary: vocabulary.version,
      preferences: view.preferences.map(EffectivePreferenceDto.of),
      ...(view.mayAddress !== null && { may_address: view.mayAddress }),
      disclosure_id: disclosureId,
    };
  }
}

/** Why nothing is answered about a customer. */
export class RefusedSubjectDto {
  @ApiProperty({ description: 'As it was asked for.', example: 'p1unknownunknownunknowA' })
  subject!: string;

  @ApiProperty({ description: 'The code of a problem; /problems/{code} explains it.', example: 'no-consent' })
  code!: string;

  @ApiProperty({ description: 'What is wrong, in words.' })
  detail!: string;

  @ApiProperty({ description: 'Whether the same question may be answered later.', example: false })
  retryable!: boolean;

  @ApiPropertyOptional({
    type: 'integer',
    description:
      'With `daily-reads-spent`: after how many seconds the next day begins in UTC, and the subject may be read again.',
    example: 3600,
  })
  retry_after?: number;

  @ApiPropertyOptional({
    type: 'array',
    items: { $ref: '#/components/schemas/FieldError' },
    description: 'What of the request is at fault, for this subject.',
  })
  errors?: readonly FieldError[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'With `outside-consent` and `outside-view`: what is not covered.',
    example: { attributes: ['size.footwear'] },
  })
  outside?: unknown;

  static of({ subject, error }: Refusal): RefusedSubjectDto {
    const { code, retryable } = problemOf(error);
    const retryAfter = error.headers?.['retry-after'];
    return {
      subject,
      code,
      detail: error.message,
      retryable,
      ...(retryAfter !== undefined && { retry_after: Number(retryAfter) }),
      ...(error.errors && { errors: error.errors }),
      ...(error.extensions && { outside: error.extensions.outside }),
    };
  }
}

@ApiExtraModels(PreferencesAnswerDto, RefusedSubjectDto)
export class LookUpAnswerDto {
  @ApiProperty({
    type: 'array',
    description: 'One result for each subject, in their order.',
    items: { oneOf: [{ $ref: getSchemaPath(PreferencesAnswerDto) }, { $ref: getSchemaPath(RefusedSubjectDto) }] },
  })
  results!: (PreferencesAnswerDto | RefusedSubjectDto)[];

  static of(results: readonly (Answer | Refusal)[]): LookUpAnswerDto {
    return {
      results: results.map((result) =>
        'error' in result ? RefusedSubjectDto.of(result) : PreferencesAnswerDto.of(result),
      ),
    };
  }
}
