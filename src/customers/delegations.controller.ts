import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto } from '../platform/http/paging.js';
import { RecentSignInRequiredError } from '../platform/http/recent-sign-in.js';
import { UuidParam } from '../platform/http/validation.js';
import { DelegationViews } from './delegation-views.service.js';
import {
  DelegationAcceptanceDto,
  DelegationDto,
  DelegationsQuery,
  NarrowedDelegationDto,
  NewDelegationDto,
  OfferedDelegationDto,
} from './delegations.dto.js';
import {
  DelegationEndedError,
  DelegationInvitationNotValidError,
  DelegationNotFoundError,
  OwnInvitationError,
  TooManyDelegationsError,
} from './delegations.errors.js';
import { DelegationsService } from './delegations.service.js';
import { delegationExample, delegationInvitation, heldDelegationExample } from './examples.js';

const tag = 'Delegations (customer)';

/** What the customer lets others do in their name, and what they may do in the name of others. */
@Controller('v1/me/delegations')
export class DelegationsController {
  constructor(
    private readonly delegations: DelegationsService,
    private readonly views: DelegationViews,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Access('customer', 'account')
  @Operation({
    id: 'offerDelegation',
    tag,
    summary: 'Let somebody act for me',
    description:
      'A member of the household or a carer, who has an account of their own. It comes to be once they accept the ' +
      'invitation, within seven days. Needs a sign-in of the last five minutes: it outlives the session, and a new ' +
      'password. Nobody ever gets to rule the account, its tokens or rules, to give a retailer what is special, ' +
      'or to hand the delegation on.',
    ok: {
      status: 201,
      type: OfferedDelegationDto,
      description: 'The delegation, and the invitation to it, shown this once.',
      example: { ...delegationExample, invitation: delegationInvitation },
    },
    errors: [RecentSignInRequiredError, TooManyDelegationsError],
  })
  async offer(
    @CurrentCustomer() principal: CustomerPrincipal,
    @Body() body: NewDelegationDto,
  ): Promise<OfferedDelegationDto> {
    const { delegation, invitation } = await this.delegations.offer(principal, body.toOffer());
    const view = await this.views.get(principal.customer, delegation.id);
    return OfferedDelegationDto.offered({ view, invitation }, this.clock.now());
  }

  @Get()
  @Access('customer', 'account')
  @Operation({
    id: 'listDelegations',
    tag,
    summary: 'Who may act for me, or for whom I may act',
    description: 'Newest first, those that have ended among them.',
    ok: {
      status: 200,
      type: PageDto(DelegationDto),
      description: 'One page of delegations.',
      example: { items: [delegationExample], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  async list(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Query() query: DelegationsQuery,
  ): Promise<Page<DelegationDto>> {
    return DelegationDto.page(await this.views.list(customer, query.role ?? 'giver', query), this.clock.now());
  }

  @Post('accept')
  @Access('customer', 'account')
  @Operation({
    id: 'acceptDelegation',
    tag,
    summary: 'Accept an invitation to act for somebody',
    description:
      'From now on requests with the header `CCX-Acting-For: <id>` are about whoever gave it, as far as the delegation ' +
      'and your own token allow. They see that you accepted, by your display name, and all that you do. Accepting ' +
      'again what you have accepted changes nothing.',
    ok: { status: 200, type: DelegationDto, description: 'What you now hold.', example: heldDelegationExample },
    errors: [DelegationInvitationNotValidError, OwnInvitationError],
  })
  async accept(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Body() { invitation }: DelegationAcceptanceDto,
  ): Promise<DelegationDto> {
    const { id } = await this.delegations.accept(customer, invitation);
    return DelegationDto.of(await this.views.get(customer, id), this.clock.now());
  }

  @Get(':id')
  @Access('customer', 'account')
  @Operation({
    id: 'getDelegation',
    tag,
    summary: 'Look at a delegation that I have given or hold',
    ok: { status: 200, type: DelegationDto, description: 'The delegation.', example: delegationExample },
    errors: [DelegationNotFoundError],
  })
  async get(@CurrentCustomer() { customer }: CustomerPrincipal, @UuidParam('id') id: string): Promise<DelegationDto> {
    return DelegationDto.of(await this.views.get(customer, id), this.clock.now());
  }

  @Patch(':id')
  @Access('customer', 'account')
  @Operation({
    id: 'narrowDelegation',
    tag,
    summary: 'Take part of a delegation back',
    description:
      'Fewer scopes or attributes, or an earlier end, from now on; either side may. What is left out stays as it is. ' +
      'More can only be given by another delegation.',
    ok: { status: 200, type: DelegationDto, description: 'The delegation, narrowed.', example: delegationExample },
    errors: [DelegationNotFoundError, DelegationEndedError],
  })
  async narrow(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Body() body: NarrowedDelegationDto,
  ): Promise<DelegationDto> {
    await this.delegations.narrow(customer, id, body.toChange());
    return DelegationDto.of(await this.views.get(customer, id), this.clock.now());
  }

  @Delete(':id')
  @Access('customer', 'account')
  @Operation({
    id: 'endDelegation',
    tag,
    summary: 'End a delegation at once',
    description:
      'Either side may, and so is an invitation taken back. It allows nothing any more, not even to requests that are ' +
      'under way. Ending it again changes nothing. What was done by it stays.',
    ok: { status: 204, description: 'It has ended.' },
    errors: [DelegationNotFoundError],
  })
  end(@CurrentCustomer() { customer }: CustomerPrincipal, @UuidParam('id') id: string): Promise<void> {
    return this.delegations.end(customer, id);
  }
}
