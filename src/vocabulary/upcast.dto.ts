import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import type { JsonValue } from '../platform/json.js';
import type { MemberUpcast, Upcast } from './upcast.js';

class MemberUpcastDto implements MemberUpcast {
  @ApiProperty({ example: '/method' })
  at!: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' }, example: { safe_place: 'at_door' } })
  map?: Readonly<Record<string, string>>;

  @ApiPropertyOptional({ description: 'What the member is where it is missing.' })
  otherwise?: JsonValue;

  @ApiPropertyOptional({ example: '/way' })
  move_to?: string;

  @ApiPropertyOptional({ enum: [true], type: 'boolean' })
  drop?: true;
}

/** How what was stated under the release before is understood under this one. */
export class UpcastDto implements Upcast {
  @ApiProperty({ example: 'fulfilment.delivery', description: 'As the release before calls it.' })
  attribute!: string;

  @ApiPropertyOptional({ example: 'fulfilment.way' })
  rename_to?: string;

  @ApiPropertyOptional({ type: [MemberUpcastDto] })
  value?: readonly MemberUpcastDto[];

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' }, example: { avoid: 'never' } })
  strengths?: Upcast['strengths'];

  @ApiPropertyOptional({
    enum: [true],
    type: 'boolean',
    description: 'What is stated about it means nothing any more.',
  })
  drop?: true;
}
