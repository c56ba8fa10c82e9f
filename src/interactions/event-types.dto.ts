import { ApiProperty } from '@nestjs/swagger';

import { openCode } from '../platform/http/extensible.js';
import type { JsonObject } from '../platform/json.js';
import { type Stage, stages } from '../vocabulary/code-lists.js';
import type { EventType } from './event-type.js';
import { cloudEventType, eventTypes } from './event-types.js';
import { exampleOf } from './interactions.examples.js';

const names = eventTypes.map(({ name }) => name);

/** A kind of event that can be reported. */
export class EventTypeDto {
  @ApiProperty({ ...openCode(names), description: 'By which consents name it.', example: names[0] })
  name!: string;

  @ApiProperty({ description: 'The CloudEvents `type`.', example: cloudEventType(names[0] as string) })
  type!: string;

  @ApiProperty({ description: 'Another version would be another `type` beside this one.', example: 'v1' })
  version!: string;

  @ApiProperty({ example: 'The customer bought something.' })
  description!: string;

  @ApiProperty({
    ...openCode(stages),
    description: 'The stage of the journey where an event names none.',
    example: 'shopping',
  })
  stage!: Stage;

  @ApiProperty({ format: 'uri', description: 'The JSON Schema of a whole event.' })
  schema!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'A whole event.' })
  example!: JsonObject;

  static of(type: EventType, schema: string): EventTypeDto {
    const { name, description, stage } = type;
    const full = cloudEventType(name);
    return {
      name,
      type: full,
      version: full.slice(full.lastIndexOf('.') + 1),
      description,
      stage,
      schema,
      example: exampleOf(type),
    };
  }
}

export class EventTypesDto {
  @ApiProperty({ type: [EventTypeDto] })
  items!: EventTypeDto[];
}
