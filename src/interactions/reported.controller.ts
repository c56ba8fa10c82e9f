import { Controller, Get, Query } from '@nestjs/common';

import { ConsentPausedError, NoConsentError } from '../consents/consents.errors.js';
import { Access, CurrentRetailer, type RetailerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto } from '../platform/http/paging.js';
import { ReportedInteractionDto, ReportedQuery } from './reported.dto.js';
import { ReportedService } from './reported.service.js';

/** For retailers: what they reported, as it is kept. */
@Controller('v1/interactions')
export class ReportedController {
  constructor(private readonly reported: ReportedService) {}

  @Get()
  @Access('retailer', 'interactions.read')
  @Operation({
    id: 'listReportedInteractions',
    tag: 'Interactions (retailer)',
    summary: 'Read back what we reported of a customer',
    description:
      'What any client of yours reported of one customer, in a period of at most 92 days, under a consent that is open ' +
      'now and still names such events. With a token of a consent, or with the client’s own and a `subject`.',
    ok: {
      status: 200,
      type: PageDto(ReportedInteractionDto),
      description: 'A page of events, newest first.',
      example: {
        items: [
          {
            id: '536365',
            source: '/tills/17',
            type: 'transaction.completed',
            touchpoint: 'till',
            stage: 'shopping',
            occurred_at: '2026-11-20T17:42:00.000Z',
            received_at: '2026-11-20T17:42:03.120Z',
            clock: null,
            correlation: null,
            data: {
              currency: 'GBP',
              total: 1530,
              lines: [{ product: { scheme: 'retailer', code: '85123A' }, quantity: '6' }],
            },
            standing: 'standing',
          },
        ],
        next_cursor: null,
      },
    },
    errors: [InvalidCursorError, NoConsentError, ConsentPausedError],
  })
  list(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Query() query: ReportedQuery,
  ): Promise<Page<ReportedInteractionDto>> {
    return this.reported.list(caller, query);
  }
}
