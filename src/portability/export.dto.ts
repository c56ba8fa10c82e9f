import { ApiPropertyOptional } from '@nestjs/swagger';
import { buildMessage, IsIn, ValidateBy } from 'class-validator';

import { Omittable } from '../platform/http/omittable.js';
import { isTimeZone } from '../platform/zone.js';
import { type ExportKind, exportKinds } from './export-lines.js';

/** How the page with pictures is made. */
export class SummaryQuery {
  @ApiPropertyOptional({
    description: 'Your time zone, of the IANA database: whose days and months the summary counts. UTC where left out.',
    example: 'Europe/Berlin',
  })
  @ValidateBy({
    name: 'isTimeZone',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isTimeZone(value),
      defaultMessage: buildMessage(() => '$property must be a time zone of the IANA database, such as Europe/Berlin'),
    },
  })
  @Omittable()
  time_zone?: string;
}

export class ExportQuery extends SummaryQuery {
  @ApiPropertyOptional({
    enum: exportKinds,
    default: 'everything',
    description: 'All that is held (GDPR Article 15), or what the customer provided (Article 20).',
  })
  @IsIn(exportKinds)
  @Omittable()
  kind?: ExportKind;
}
