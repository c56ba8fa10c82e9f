import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';

import { openCode, openCodes } from '../platform/http/extensible.js';
import type { JsonObject, JsonValue } from '../platform/json.js';
import { type Attribute, fieldMerges, type Mappings, type Merge, type Strength, strengths } from './attribute.js';
import { type Code, type CodeList, type Labels, type Touchpoint, touchpoints } from './code-lists.js';
import type { Release } from './release.js';
import type { Vocabulary } from './vocabulary.js';

class ReleaseReferenceDto {
  @ApiProperty({ example: '1.0.0', description: 'Semantic: labels raise the patch, new attributes the minor.' })
  version!: string;

  @ApiProperty({ format: 'date', example: '2026-11-01' })
  released_on!: string;

  @ApiProperty({ example: '/v1/vocabularies/ccx-core/1.0.0' })
  href!: string;
}

class VocabularySummaryDto {
  @ApiProperty({ example: 'ccx-core' })
  name!: string;

  @ApiProperty({ example: '1.0.0', description: 'The release under which preferences are recorded now.' })
  version!: string;

  @ApiProperty({ type: [String], example: ['en', 'de'] })
  languages!: readonly string[];

  @ApiProperty({ type: [ReleaseReferenceDto], description: 'Newest first.' })
  releases!: ReleaseReferenceDto[];
}

export class VocabulariesDto {
  @ApiProperty({ type: [VocabularySummaryDto] })
  items!: VocabularySummaryDto[];

  /** @param releases Of one vocabulary, newest first. */
  static of(releases: readonly Vocabulary[]): VocabulariesDto {
    const { name, version, languages } = releases[0]!.release;
    const references = releases.map(({ release }) => ({
      version: release.version,
      released_on: release.released_on,
      href: `/v1/vocabularies/${name}/${release.version}`,
    }));
    return { items: [{ name, version, languages, releases: references }] };
  }
}

class LabelsDto implements Labels {
  @ApiProperty()
  en!: string;

  @ApiProperty()
  de!: string;
}

class CodeLabelsDto {
  @ApiProperty()
  en!: string;

  @ApiPropertyOptional()
  de?: string;
}

class CodeDto implements Code {
  @ApiProperty({ example: 'AP' })
  code!: string;

  @ApiProperty({ example: { en: 'Peanuts and its derivatives', de: 'Erdnüsse' } })
  labels!: CodeLabelsDto;

  @ApiPropertyOptional({ description: 'A plain sentence, where the label alone does not say enough.' })
  description?: LabelsDto;

  @ApiProperty(openCode(['active', 'deprecated']))
  status!: 'active' | 'deprecated';

  @ApiProperty({ type: 'string', nullable: true, description: 'The code under which this one is kept now.' })
  alias_of!: string | null;
}

class CodeSourceDto {
  @ApiProperty({ example: 'GS1 Web Vocabulary 1.16, DietTypeCode' })
  name!: string;

  @ApiProperty({ format: 'uri', example: 'https://ref.gs1.org/voc/DietTypeCode' })
  url!: string;

  @ApiProperty({ example: 'Apache-2.0' })
  license!: string;
}

class CodeListDto implements CodeList {
  @ApiProperty({ type: CodeSourceDto, nullable: true, description: 'Whose codes these are; null for those of CCX.' })
  source!: CodeSourceDto | null;

  @ApiProperty({ type: [CodeDto] })
  codes!: readonly CodeDto[];
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

class AttributeDto implements Attribute {
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

  @ApiProperty({ type: 'object', additionalProperties: true, example: { code: 'AP' } })
  example!: JsonValue;

  @ApiProperty({ description: 'The same thing in the words of others.' })
  mappings!: MappingsDto;

  @ApiProperty(openCode(['active', 'deprecated']))
  status!: 'active' | 'deprecated';

  @ApiProperty({ type: 'string', nullable: true, description: 'The attribute that has taken its place.' })
  alias_of!: string | null;
}

@ApiExtraModels(CodeListDto)
export class VocabularyDto implements Release {
  @ApiProperty({ example: 'ccx-core' })
  name!: string;

  @ApiProperty({ example: '1.0.0' })
  version!: string;

  @ApiProperty({ format: 'date', example: '2026-11-01' })
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
}
