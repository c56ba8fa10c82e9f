import { Body, Controller, Get, Post, Query } from '@nestjs/common';

import { ConsentPausedError, NoConsentError, OutsideConsentError } from '../consents/consents.errors.js';
import {
  Access,
  ChecksClientInStatement,
  CurrentCustomer,
  CurrentRetailer,
  type CustomerPrincipal,
  type RetailerPrincipal,
} from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { decodeCursor, type Page, PageDto, pageOf, pageSize } from '../platform/http/paging.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { AcknowledgedDto, AcknowledgeDto, AcknowledgementDto, AcknowledgementsQuery } from './acknowledgements.dto.js';
import { AcknowledgementsService } from './acknowledgements.service.js';
import { OutsideViewError, TooManyAcknowledgementsError } from './disclosures.errors.js';

const consentId = '019a9f3e-7b1c-7d20-9f5e-1c2d3e4f5a6b';

/** Retailers say what they do with the preferences that they were given. */
@Controller('v1/preferences/acknowledgements')
export class AcknowledgingController {
  constructor(private readonly acknowledgements: AcknowledgementsService) {}

  @Post()
  @Access('retailer', 'preferences.read')
  @ChecksClientInStatement()
  @RateLimit('acknowledgements', { points: 6_000, seconds: 60, by: 'principal' })
  @Operation({
    id: 'acknowledgePreferences',
    tag: 'Preferences (retailer)',
    summary: 'Say whether you honour what a customer prefers',
    description:
      'With a token of a consent, or with your client’s own and a `subject`. For each preference and touchpoint the ' +
      'latest counts; the customer sees it. Only what is shared with you there can be acknowledged. Either all items ' +
      'are kept or none; at most 1 000 are kept for one consent.',
    ok: {
      status: 200,
      type: AcknowledgedDto,
      description: 'All of it was kept.',
      example: { subject: 'p1PHkE2qXbQmC0dZ3Vt8sYwA', consent: { id: consentId, version: 1 }, acknowledged: 1 },
    },
    errors: [
      NoConsentError,
      ConsentPausedError,
      OutsideConsentError,
      OutsideViewError,
      RetailerSuspendedError,
      TooManyAcknowledgementsError,
    ],
  })
  async acknowledge(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Body() body: AcknowledgeDto,
  ): Promise<AcknowledgedDto> {
    const items = AcknowledgeDto.itemsOf(body);
    return AcknowledgedDto.of(await this.acknowledgements.acknowledge(caller, body.subject, items), items.length);
  }
}

/** The customer sees what retailers do with their preferences. */
@Controller('v1/me/acknowledgements')
export class AcknowledgementsController {
  constructor(
    private readonly acknowledgements: AcknowledgementsService,
    private readonly retailers: RetailersService,
  ) {}

  @Get()
  @Access('customer', 'disclosures.read')
  @Operation({
    id: 'listAcknowledgements',
    tag: 'Disclosures (customer)',
    summary: 'See what retailers do with my preferences',
    description: 'Which of their touchpoints honour a preference, and which cannot, and why: the latest they said.',
    ok: {
      status: 200,
      type: PageDto(AcknowledgementDto),
      description: 'A page, the latest first.',
      example: {
        items: [
          {
            retailer: { id: '019a9e01-7b1c-7d20-9f5e-1c2d3e4f5a6b', name: 'Albatross Groceries' },
            attribute: 'size.footwear',
            key: null,
            touchpoint: 'till',
            status: 'cannot',
            reason: 'Our tills cannot show sizes yet.',
            consent_id: consentId,
            at: '2026-11-21T09:30:00.412Z',
          },
        ],
        next_cursor: null,
      },
    },
    errors: [],
  })
  async list(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Query() query: AcknowledgementsQuery,
  ): Promise<Page<AcknowledgementDto>> {
    const [at, consent, item] = decodeCursor(query.cursor, ['time', 'uuid', 'text']) ?? [];
    const limit = pageSize(query);
    const rows = await this.acknowledgements.list(customer, {
      retailerId: query.retailer_id,
      after: at && consent && item ? { at, consentId: consent, item: Buffer.from(item, 'base64url') } : undefined,
      limit: limit + 1,
    });
    const page = pageOf(rows, limit, (said) => [said.at, said.consentId, said.item.toString('base64url')]);
    const retailers = await this.retailers.describe(page.items.map(({ retailerId }) => retailerId));
    const nameOf = (id: string) => ({ id, name: retailers.get(id)?.name ?? '' });
    return { ...page, items: page.items.map((said) => AcknowledgementDto.of(said, nameOf(said.retailerId))) };
  }
}
