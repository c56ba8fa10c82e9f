import { Controller, Get, Query } from '@nestjs/common';

import { Access, CurrentCustomer, type CustomerPrincipal, Delegable } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { type Page, PageDto } from '../platform/http/paging.js';
import { DisclosureDto, DisclosuresQuery } from './disclosures.dto.js';
import { DisclosuresService } from './disclosures.service.js';

/** For customers: who read what of them. */
@Controller('v1/me/disclosures')
export class DisclosuresController {
  constructor(private readonly disclosures: DisclosuresService) {}

  @Get()
  @Access('customer', 'disclosures.read')
  @Delegable()
  @Operation({
    id: 'listDisclosures',
    tag: 'Disclosures (customer)',
    summary: 'See who read what of me',
    description:
      'Every read of your preferences: who, what, why, at which touchpoint, when, and by which version of your ' +
      'consent. Reads that were refused are among them.',
    ok: {
      status: 200,
      type: PageDto(DisclosureDto),
      description: 'A page of reads, newest first.',
      example: {
        items: [
          {
            id: '019a9f41-0c55-7a3e-8d10-5f6a7b8c9d0e',
            at: '2026-11-21T09:30:00.412Z',
            retailer: { id: '019a9e01-7b1c-7d20-9f5e-1c2d3e4f5a6b', name: 'Albatross Groceries' },
            client_id: 'albatross-tills',
            attributes: ['size.footwear'],
            purpose: 'dpv:ServicePersonalisation',
            touchpoint: 'till',
            stage: 'shopping',
            consent: { id: '019a9f3e-7b1c-7d20-9f5e-1c2d3e4f5a6b', version: 1 },
            unchanged: false,
            refused: null,
          },
        ],
        next_cursor: null,
      },
    },
    errors: [],
  })
  listDisclosures(
    @CurrentCustomer() principal: CustomerPrincipal,
    @Query() query: DisclosuresQuery,
  ): Promise<Page<DisclosureDto>> {
    return this.disclosures.list(principal, query);
  }
}
