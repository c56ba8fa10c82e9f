import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { openCode } from '../platform/http/extensible.js';
import type { Code, CodeList, Labels } from './code-lists.js';

export const inOneLanguage = { description: 'In the language that was asked for; left out when none was.' };

export class LabelsDto implements Labels {
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

  @ApiPropertyOptional({ ...inOneLanguage, example: 'Erdnüsse' })
  label?: string;

  @ApiPropertyOptional(inOneLanguage)
  explanation?: string;
}

class CodeSourceDto {
  @ApiProperty({ example: 'GS1 Web Vocabulary 1.16, DietTypeCode' })
  name!: string;

  @ApiProperty({ format: 'uri', example: 'https://ref.gs1.org/voc/DietTypeCode' })
  url!: string;

  @ApiProperty({ example: 'Apache-2.0' })
  license!: string;
}

export class CodeListDto implements CodeList {
  @ApiProperty({ type: CodeSourceDto, nullable: true, description: 'Whose codes these are; null for those of CCX.' })
  source!: CodeSourceDto | null;

  @ApiProperty({ type: [CodeDto] })
  codes!: readonly CodeDto[];
}
