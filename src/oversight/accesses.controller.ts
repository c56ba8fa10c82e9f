import { Controller, Get, Query } from '@nestjs/common';

import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto, PageQuery } from '../platform/http/paging.js';
import { AccessDto } from './accesses.dto.js';
import { AccessesService } from './accesses.service.js';
import { reidentificationExample } from './oversight.examples.js';

/** For customers: what staff did with what is recorded of them. */
@Controller('v1/me/accesses')
export class AccessesController {
  constructor(private readonly accesses: AccessesService) {}

  @Get()
  @Access('customer', 'disclosures.read')
  @Operation({
    id: 'listAccesses',
    tag: 'Disclosures (customer)',
    summary: 'See what auditors and operators did with my records',
    description:
      'The latest first: searches for you, opened entries, evidence taken along, and everybody who asked who you are. ' +
      'Auditors know you by a pseudonym, unless two persons agreed to tell them. What retailers read is listed by ' +
      'GET /v1/me/disclosures. Where nobody did anything, the list is empty.',
    ok: {
      status: 200,
      type: PageDto(AccessDto),
      description: 'A page of what was done.',
      example: {
        items: [
          {
            id: '019aa7d0-2b11-7a01-9c22-0f1e2d3c4b5a',
            at: reidentificationExample.asked_at,
            by: 'auditor',
            act: 'reidentification.requested',
            reason: reidentificationExample.reason,
          },
        ],
        next_cursor: null,
      },
    },
    errors: [InvalidCursorError],
  })
  list(@CurrentCustomer() { customer }: CustomerPrincipal, @Query() query: PageQuery): Promise<Page<AccessDto>> {
    return this.accesses.list(customer, query);
  }
}
