import { Body, Controller, Get, Post } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { Access, CurrentRetailer, type RetailerPrincipal } from '../platform/http/access.js';
import { IdempotentCreate } from '../platform/http/idempotent-create.js';
import { Operation } from '../platform/http/operation.js';
import { UuidParam } from '../platform/http/validation.js';
import { answeredExample, inboxExample } from './consent-examples.js';
import {
  ConsentRequestNotFoundError,
  InvalidAuthorizationDetailsError,
  SpecialAttributesError,
} from './consents.errors.js';
import { InboxRequestDto, NewConsentRequestDto } from './inbox.dto.js';
import { InboxService } from './inbox.service.js';

const tag = 'Consent requests (retailer)';

/** Retailers ask customers who are not there. */
@Controller('v1/consent-requests')
export class InboxController {
  constructor(
    private readonly inbox: InboxService,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Access('retailer', 'consents.request')
  @IdempotentCreate()
  @Operation({
    id: 'createConsentRequest',
    tag,
    summary: 'Ask a customer for consent',
    description:
      'Puts a request into the customer’s list, where they approve or refuse it within 14 days. Whether anybody has ' +
      'the address or subject is not told: the answer is the same, and a request that reaches nobody lapses like one ' +
      'that nobody decides.',
    ok: { status: 201, type: InboxRequestDto, description: 'The request, open.', example: inboxExample },
    errors: [InvalidAuthorizationDetailsError, SpecialAttributesError],
  })
  async create(
    @CurrentRetailer() retailer: RetailerPrincipal,
    @Body() body: NewConsentRequestDto,
  ): Promise<InboxRequestDto> {
    return InboxRequestDto.of(await this.inbox.ask(retailer, body), null, this.clock.now());
  }

  @Get(':id')
  @Access('retailer', 'consents.read')
  @Operation({
    id: 'getConsentRequest',
    tag,
    summary: 'See how a request stands',
    description:
      'Any client of the retailer that asked may read it. Once something is given, it says what, and by whom.',
    ok: { status: 200, type: InboxRequestDto, description: 'The request.', example: answeredExample },
    errors: [ConsentRequestNotFoundError],
  })
  async get(@CurrentRetailer() retailer: RetailerPrincipal, @UuidParam('id') id: string): Promise<InboxRequestDto> {
    const { request, given } = await this.inbox.get(retailer, id);
    return InboxRequestDto.of(request, given, this.clock.now());
  }
}
