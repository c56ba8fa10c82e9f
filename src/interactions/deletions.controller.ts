import { Body, Controller, Delete, Post } from '@nestjs/common';

import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { UuidParam } from '../platform/http/validation.js';
import { DeletionService } from './deletion.service.js';
import { InteractionDeletionDto, InteractionsDeletedDto } from './deletions.dto.js';
import { InteractionNotFoundError } from './timeline.errors.js';
import { retailerExample } from './timeline.examples.js';

const tag = 'Interactions (customer)';

/** For customers: what they no longer want kept of what retailers reported. */
@Controller('v1/me/interactions')
export class DeletionsController {
  constructor(private readonly deletions: DeletionService) {}

  @Delete(':id')
  @Access('customer', 'interactions.write')
  @Operation({
    id: 'deleteInteraction',
    tag,
    summary: 'Delete an interaction',
    description:
      'With it goes your note, and a dispute of it. It feeds nothing from now on, and does not come back when the ' +
      'retailer sends it again, nor as a correction of it that comes later. The retailer is not told. What took its ' +
      'place before, or whose place it took, stays as it is.',
    ok: { status: 204, description: 'It is deleted.' },
    errors: [InteractionNotFoundError],
  })
  deleteInteraction(@CurrentCustomer() { customer }: CustomerPrincipal, @UuidParam('id') id: string): Promise<void> {
    return this.deletions.delete(customer, id);
  }

  @Post('delete')
  @Access('customer', 'interactions.write')
  @Operation({
    id: 'deleteInteractions',
    tag,
    summary: 'Delete many interactions, or see which that would be',
    description:
      'Those of up to 500 ids, or all that a filter finds. What is not there is passed over. All of it is deleted at ' +
      'once or none, as with a single one.',
    ok: {
      status: 200,
      type: InteractionsDeletedDto,
      description: 'What was deleted, or would be.',
      example: { dry_run: true, count: 12, by_retailer: [{ retailer: retailerExample, count: 12 }] },
    },
    errors: [],
  })
  deleteInteractions(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Body() body: InteractionDeletionDto,
  ): Promise<InteractionsDeletedDto> {
    return this.deletions.deleteMany(customer, body);
  }
}
