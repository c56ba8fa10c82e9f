import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';

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
import { newRequests } from './request-examples.js';

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
  @ApiBody({ type: NewConsentRequestDto, examples: newRequests })
  @IdempotentCreate()
  @Operation({
    id: 'createConsentRequest',
    tag,
    summary: 'Ask a customer for consent',
    description:
      'Puts a request into the customer’s list, where they approve or refuse it within 14 days. Somebody who allows ' +
      'such things beforehand, by a standing rule, has approved it at once. Whether anybody has the address or subject ' +
      'is not told: a request that reaches nobody lapses like one that nobody decides, and so does one that a standing ' +
      'rule refuses.',
    ok: { status: 201, type: InboxRequestDto, description: 'The request.', example: inboxExample },
    errors: [InvalidAuthorizationDetailsError, SpecialAttributesError],
  })
  async create(
    @CurrentRetailer() retailer: RetailerPrincipal,
    @Body() body: NewConsentRequestDto,
  ): Promise<InboxRequestDto> {
    return InboxRequestDto.of(await this.inbox.ask(retailer, body), this.clock.now());
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
    return InboxRequestDto.of(await this.inbox.get(retailer, id), this.clock.now());
  }
}
