import { Controller, Get, Query } from '@nestjs/common';

import { NotYetInTheLogError } from '../audit/log.errors.js';
import { Access, CurrentCustomer, type CustomerPrincipal, Delegable } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { type Page, PageDto } from '../platform/http/paging.js';
import { UuidParam } from '../platform/http/validation.js';
import { DisclosureProofDto, disclosureProofExample } from './disclosure-proof.dto.js';
import { DisclosureProofs } from './disclosure-proofs.service.js';
import { DisclosureDto, DisclosuresQuery } from './disclosures.dto.js';
import { DisclosureNotFoundError } from './disclosures.errors.js';
import { DisclosuresService } from './disclosures.service.js';

/** For customers: who read what of them. */
@Controller('v1/me/disclosures')
export class DisclosuresController {
  constructor(
    private readonly disclosures: DisclosuresService,
    private readonly proofs: DisclosureProofs,
  ) {}

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

  @Get(':id/proof')
  @Access('customer', 'disclosures.read')
  @Operation({
    id: 'proveDisclosure',
    tag: 'Disclosures (customer)',
    summary: 'Prove that it was recorded who read what',
    description:
      'For those who do not trust CCX: the record, its path through the tree of its batch to the root that an entry of ' +
      'the log holds, and that entry’s proof in a published checkpoint. Refused reads are proved the same way. Keep it: ' +
      'it can be verified offline with the log’s key, also when the record is long gone. While no checkpoint covers the ' +
      'entry, which takes a few seconds, the answer is 409.',
    ok: {
      status: 200,
      type: DisclosureProofDto,
      description: 'The record and all that proves it.',
      example: disclosureProofExample,
    },
    errors: [DisclosureNotFoundError, NotYetInTheLogError],
  })
  proveDisclosure(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
  ): Promise<DisclosureProofDto> {
    return this.proofs.of(customer, id);
  }
}
