import { ApiProperty } from '@nestjs/swagger';

import type { VocabularyExtension } from '../vocabulary/vocabulary-extension.entity.js';
import { AttributeDto } from '../vocabulary/vocabulary.dto.js';
import { MOST_EXTENSIONS } from './extensions.js';
import type { ExtensionsOfRetailer } from './extensions.service.js';

export class ExtensionDto extends AttributeDto {
  @ApiProperty({ type: 'integer', example: 1, description: 'Raised by every change.' })
  version!: number;

  @ApiProperty({ format: 'date-time', description: 'From when on it is known.', example: '2026-11-22T09:31:00.000Z' })
  in_force_at!: string;

  static of({ attribute, version, inForceAt }: VocabularyExtension): ExtensionDto {
    return { ...attribute, version, in_force_at: inForceAt.toISOString() };
  }
}

export class ExtensionsDto {
  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'com.example',
    description:
      'What the paths of your attributes begin with: your website, turned round. Null when your website gives none ' +
      'that can be yours: ask the operator.',
  })
  prefix!: string | null;

  @ApiProperty({ type: [ExtensionDto], maxItems: MOST_EXTENSIONS, description: 'By path, deprecated ones included.' })
  items!: ExtensionDto[];

  static of({ prefix, extensions }: ExtensionsOfRetailer): ExtensionsDto {
    return { prefix, items: extensions.map((extension) => ExtensionDto.of(extension)) };
  }
}
