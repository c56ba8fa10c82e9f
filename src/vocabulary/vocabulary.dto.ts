import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

import { openCode, openCodes } from '../platform/http/extensible.js';
import { type AnswerLanguage, answerLanguages } from '../platform/http/language.js';
import type { JsonObject, JsonValue } from '../platform/json.js';
import {
  type Attribute,
  type AttributeDefault,
  fieldMerges,
  type Mappings,
  type Merge,
  type Strength,
  strengths,
} from './attribute.js';
import { CodeListDto, inOneLanguage, LabelsDto } from './code-list.dto.js';
import { type Touchpoint, touchpoints } from './code-lists.js';
import type { Release } from './release.js';
import { UpcastDto } from './upcast.dto.js';

/** In which language labels are wanted besides. */
export class VocabularyQuery {
  @ApiPropertyOptional({
    enum: [...answerLanguages],
    description:
      'Adds `label` and `explanation` in this language to everything that has labels. Without it, Accept-Language says ' +
      'in which; without that, the release is answered as it was published.',
    example: 'de',
  })
  @IsIn(answerLanguages)
  @IsOptional()
  language?: AnswerLanguage;
}

/** How many releases a list names. */
const MOST_LISTED = 100;

class ReleaseReferenceDto {
  @ApiProperty({ example: '1.1.0', description: 'Semantic: labels raise the patch, new attributes the minor.' })
  version!: string;

  @ApiProperty({ format: 'date', example: '2026-11-22' })
  released_on!: string;

  @ApiProperty({ example: '/v1/vocabularies/ccx-core/1.1.0' })
  href!: string;
}

class VocabularySummaryDto {
  @ApiProperty({ example: 'ccx-core' })
  name!: string;

  @ApiProperty({ example: '1.1.0', description: 'The release under which preferences are recorded now.' })
  version!: string;

  @ApiProperty({ type: [String], example: ['en', 'de'] })
  languages!: readonly string[];

  @ApiProperty({
    type: [ReleaseReferenceDto],
    maxItems: MOST_LISTED,
    description: `The ${MOST_LISTED} newest, newest first. Older ones stay where they are.`,
  })
  releases!: ReleaseReferenceDto[];
}

export class VocabulariesDto {
  @ApiProperty({ type: [VocabularySummaryDto] })
  items!: VocabularySummaryDto[];

  /** @param releases Of one vocabulary, newest first. */
  static of(releases: readonly Release[]): VocabulariesDto {
    const { name, version, languages } = releases[0]!;
    const references = releases.slice(0, MOST_LISTED).map((release) => ({
      version: release.version,
      released_on: release.released_on,
      href: `/v1/vocabularies/${name}/${release.version}`,
    }));
    return { items: [{ name, version, languages, releases: references }] };
  }
}

class MappingsDto implements Mappings {
  @ApiPropertyOptional({ example: 'gs1:AllergenTypeCode' })
  gs1?: string;

  @ApiPropertyOptional({ example: 'schema:RestrictedDiet' })
  schema_org?: string;

  @ApiPropertyOptional({ example: 'pd:MedicalHealth' })
  dpv?: string;

  @ApiPropertyOptional({ example: 'dev.ucp.consent.marketing' })
  ucp?: string;

  @ApiPropertyOptional({ example: 'consents.marketing' })
  xdm?: string;
}

class AttributeDefaultDto implements AttributeDefault {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { form: 'paper' },
    description: 'The value that holds; null when there is none.',
  })
  value!: JsonValue | null;

  @ApiProperty({ description: 'The same in a sentence.' })
  text!: LabelsDto;

  @ApiPropertyOptional(inOneLanguage)
  explanation?: string;
}

export class AttributeDto implements Attribute {
  @ApiProperty({ example: 'food.allergen' })
  path!: string;

  @ApiProperty({ example: 'food' })
  category!: string;

  @ApiProperty({ example: { en: 'Allergen', de: 'Allergen' } })
  labels!: LabelsDto;

  @ApiProperty()
  description!: LabelsDto;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'JSON Schema 2020-12 of the value.' })
  value_schema!: JsonObject;

  @ApiProperty({ enum: ['one', 'many'] })
  cardinality!: 'one' | 'many';

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: '/code',
    description: 'For many: the JSON pointer, into the value, of what tells one member from another.',
  })
  key_from!: string | null;

  @ApiProperty({ description: 'Whether keys are compared without regard to case and spacing.' })
  key_folded!: boolean;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { '/code': 'gs1_allergen' },
    description: 'The code list behind each coded member of the value, by JSON pointer.',
  })
  code_lists!: Readonly<Record<string, string>>;

  @ApiProperty({
    oneOf: [
      { type: 'string', enum: ['replace', 'union'] },
      { type: 'object', additionalProperties: { type: 'string', enum: [...fieldMerges] } },
    ],
    example: 'union',
    description:
      'How several statements become one. `replace`: the most specific wins. `union`: members accumulate by key. ' +
      'A map: field by field, the strictest of each.',
  })
  merge!: Merge;

  @ApiProperty({ ...openCodes(strengths), example: ['never', 'avoid'] })
  strengths!: readonly Strength[];

  @ApiProperty({
    type: 'string',
    example: 'special:health',
    description: '`ordinary`, `personal` or `special:` and a kind. Special attributes are never part of a category.',
  })
  sensitivity!: Attribute['sensitivity'];

  @ApiProperty({ description: 'Whether it may be suggested from what a customer does.' })
  inferable!: boolean;

  @ApiProperty({
    ...openCodes(touchpoints),
    description: 'Where a retailer may ever see it.',
    example: ['till', 'web'],
  })
  touchpoints!: readonly Touchpoint[];

  @ApiPropertyOptional({
    type: AttributeDefaultDto,
    description: 'What holds when nothing is stated. Every attribute has it since 1.1.0.',
  })
  default?: AttributeDefaultDto;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { code: 'AP' } })
  example!: JsonValue;

  @ApiProperty({ description: 'The same thing in the words of others.' })
  mappings!: MappingsDto;

  @ApiProperty(openCode(['active', 'deprecated']))
  status!: 'active' | 'deprecated';

  @ApiProperty({ type: 'string', nullable: true, description: 'The attribute that has taken its place.' })
  alias_of!: string | null;

  @ApiPropertyOptional({ ...inOneLanguage, example: 'Allergen' })
  label?: string;

  @ApiPropertyOptional(inOneLanguage)
  explanation?: string;
}

@ApiExtraModels(CodeListDto)
export class VocabularyDto implements Release {
  @ApiProperty({ example: 'ccx-core' })
  name!: string;

  @ApiProperty({ example: '1.1.0' })
  version!: string;

  @ApiProperty({ format: 'date', example: '2026-11-22' })
  released_on!: string;

  @ApiProperty({ type: [String], example: ['en', 'de'] })
  languages!: readonly string[];

  @ApiProperty({ type: [AttributeDto] })
  attributes!: readonly AttributeDto[];

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(CodeListDto) },
    description: 'By name. `touchpoint`, `stage`, `sector` and `purpose` are closed: nothing else is accepted.',
  })
  code_lists!: Readonly<Record<string, CodeListDto>>;

  @ApiPropertyOptional({ type: [UpcastDto], description: 'What becomes of what is stated. Only a major has any.' })
  upcasts?: readonly UpcastDto[];

  @ApiPropertyOptional({ enum: [...answerLanguages], description: 'The language of `label` and `explanation`.' })
  language?: AnswerLanguage;
}
