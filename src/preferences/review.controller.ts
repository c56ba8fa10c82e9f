import { Body, Controller, Post } from '@nestjs/common';

import { Access, actorOf, CurrentCustomer, type CustomerPrincipal, Delegable } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { example } from './examples.js';
import { ConfirmedPreferencesDto } from './preferences.dto.js';
import { CategoryFullError, PreferenceNotFoundError } from './preferences.errors.js';
import { ConfirmationDto } from './review.dto.js';
import { ReviewService } from './review.service.js';

/** Looking again at what was stated. */
@Controller('v1/me/preferences')
export class ReviewController {
  constructor(private readonly reviews: ReviewService) {}

  @Post('confirm')
  @Access('customer', 'preferences.write')
  @Delegable()
  @Operation({
    id: 'confirmPreferences',
    tag: 'Preferences (customer)',
    summary: 'Say that preferences are right',
    description:
      'Pending ones hold from now on, and what was to be looked at again is put off. To confirm changes nothing else: ' +
      'where two preferences meet, the same one wins as before. Confirmed twice is confirmed once.',
    ok: {
      status: 200,
      type: ConfirmedPreferencesDto,
      description: 'All that were selected, as they are now.',
      example: { items: [{ ...example, review_after: '2027-11-01T00:00:00.000Z', version: 2 }] },
    },
    errors: [PreferenceNotFoundError, CategoryFullError],
  })
  async confirm(
    @CurrentCustomer() principal: CustomerPrincipal,
    @Body() body: ConfirmationDto,
  ): Promise<ConfirmedPreferencesDto> {
    const author = { actor: actorOf(principal) };
    const reviewAfter = body.review_after?.toISOString();
    return { items: await this.reviews.confirm(principal.customer, body.toSelection(), author, { reviewAfter }) };
  }
}
