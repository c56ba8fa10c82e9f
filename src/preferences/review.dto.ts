import { ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, Equals, IsArray, IsUUID } from 'class-validator';

import { InvalidRequestError } from '../platform/errors.js';
import { Omittable } from '../platform/http/omittable.js';
import { IsInstant } from '../platform/http/timestamp.js';
import { preferenceId } from './examples.js';
import { MOST_PREFERENCES } from './profiles.js';
import type { Selection } from './review.service.js';

/** What the customer says is right. */
export class ConfirmationDto {
  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', format: 'uuid' },
    minItems: 1,
    maxItems: MOST_PREFERENCES,
    uniqueItems: true,
    description: 'These preferences, whether or not they are due.',
    example: [preferenceId],
  })
  @IsUUID(undefined, { each: true })
  @ArrayUnique()
  @ArrayMaxSize(MOST_PREFERENCES)
  @ArrayNotEmpty()
  @IsArray()
  @Omittable()
  ids?: string[];

  @ApiPropertyOptional({ enum: [true], type: 'boolean', description: 'All whose `review_after` has passed.' })
  @Equals(true)
  @Omittable()
  all_due?: true;

  @ApiPropertyOptional({ enum: [true], type: 'boolean', description: 'All that are pending, wherever they came from.' })
  @Equals(true)
  @Omittable()
  all_pending?: true;

  @ApiPropertyOptional({
    format: 'date-time',
    description:
      'When to be asked again. Left out: after as long as lay between the last change of each and its `review_after`, ' +
      'but at least a day; not at all, where it had none.',
    example: '2027-11-01T00:00:00Z',
  })
  @IsInstant()
  @Omittable()
  review_after?: Date;

  /** @throws InvalidRequestError unless the request says which in one way */
  toSelection(): Selection {
    const selections: Selection[] = [
      ...(this.ids ? [{ ids: this.ids }] : []),
      ...(this.all_due ? [{ allDue: true } as const] : []),
      ...(this.all_pending ? [{ allPending: true } as const] : []),
    ];
    const [selection, another] = selections;
    if (selection && !another) return selection;
    throw new InvalidRequestError([{ pointer: '', detail: 'must name one of ids, all_due and all_pending' }]);
  }
}
