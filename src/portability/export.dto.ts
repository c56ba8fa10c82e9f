import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';

import { Omittable } from '../platform/http/omittable.js';
import { type ExportKind, exportKinds } from './export-lines.js';

export class ExportQuery {
  @ApiPropertyOptional({
    enum: exportKinds,
    default: 'everything',
    description: 'All that is held (GDPR Article 15), or what the customer provided (Article 20).',
  })
  @IsIn(exportKinds)
  @Omittable()
  kind?: ExportKind;
}
