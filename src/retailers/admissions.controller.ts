import { Body, Controller, Get, Post, Query } from '@nestjs/common';

import { Access, actorOf, CurrentStaff, type StaffPrincipal } from '../platform/http/access.js';
import { IdempotentCreate } from '../platform/http/idempotent-create.js';
import { Operation } from '../platform/http/operation.js';
import { decodeCursor, type Page, PageDto, pageOf, pageSize } from '../platform/http/paging.js';
import { UuidParam } from '../platform/http/validation.js';
import { AdmissionsService } from './admissions.service.js';
import { activeRetailer, onePage, pendingRetailer, suspendedRetailer } from './examples.js';
import { RetailerApprovalDto, NewRetailerDto, RetailerDto, RetailersQuery, SuspensionDto } from './retailers.dto.js';
import { RetailerNotFoundError, RetailerStateError } from './retailers.errors.js';
import { RetailersService } from './retailers.service.js';

const tag = 'Retailers (operator)';

/** Operators decide who takes part. */
@Controller('v1/admin/retailers')
export class AdmissionsController {
  constructor(
    private readonly retailers: RetailersService,
    private readonly admissions: AdmissionsService,
  ) {}

  @Post()
  @Access('operator')
  @IdempotentCreate()
  @Operation({
    id: 'registerRetailer',
    tag,
    summary: 'Registers a retailer.',
    description: 'It waits for its approval: until then none of its clients gets an answer.',
    ok: { status: 201, type: RetailerDto, description: 'The retailer, pending.', example: pendingRetailer },
    errors: [],
  })
  async register(@CurrentStaff() staff: StaffPrincipal, @Body() body: NewRetailerDto): Promise<RetailerDto> {
    return RetailerDto.of(await this.admissions.register(actorOf(staff), body.toRetailer()));
  }

  @Get()
  @Access('operator')
  @Operation({
    id: 'listAllRetailers',
    tag,
    summary: 'Lists retailers in every state, newest first.',
    ok: {
      status: 200,
      type: PageDto(RetailerDto),
      description: 'One page of retailers.',
      example: onePage(activeRetailer),
    },
    errors: [],
  })
  async list(@Query() query: RetailersQuery): Promise<Page<RetailerDto>> {
    const { status, sector } = query;
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const page = pageOf(await this.retailers.list({ status, sector, before, limit: limit + 1 }), limit, ({ id }) => [
      id,
    ]);
    return { ...page, items: page.items.map((retailer) => RetailerDto.of(retailer)) };
  }

  @Get(':id')
  @Access('operator')
  @Operation({
    id: 'getRetailerAsOperator',
    tag,
    summary: 'Answers one retailer in any state.',
    ok: { status: 200, type: RetailerDto, description: 'The retailer.', example: activeRetailer },
    errors: [RetailerNotFoundError],
  })
  async get(@UuidParam('id') id: string): Promise<RetailerDto> {
    return RetailerDto.of(await this.retailers.get(id));
  }

  @Post(':id/approve')
  @Access('operator')
  @Operation({
    id: 'approveRetailer',
    tag,
    summary: 'Lets a retailer take part.',
    description: 'Preferences for a sector apply to it through the sectors given here. Approving again sets them anew.',
    ok: { status: 200, type: RetailerDto, description: 'The retailer, active.', example: activeRetailer },
    errors: [RetailerNotFoundError, RetailerStateError],
  })
  async approve(
    @CurrentStaff() staff: StaffPrincipal,
    @UuidParam('id') id: string,
    @Body() { sectors }: RetailerApprovalDto,
  ): Promise<RetailerDto> {
    return RetailerDto.of(await this.admissions.approve(actorOf(staff), id, sectors));
  }

  @Post(':id/suspend')
  @Access('operator')
  @Operation({
    id: 'suspendRetailer',
    tag,
    summary: 'Stops a retailer at once.',
    description:
      'Every request of its clients is refused from now on. Customers’ consents stay. Suspending again changes nothing.',
    ok: { status: 200, type: RetailerDto, description: 'The retailer, suspended.', example: suspendedRetailer },
    errors: [RetailerNotFoundError],
  })
  async suspend(
    @CurrentStaff() staff: StaffPrincipal,
    @UuidParam('id') id: string,
    @Body() { reason }: SuspensionDto,
  ): Promise<RetailerDto> {
    return RetailerDto.of(await this.admissions.suspend(actorOf(staff), id, reason));
  }

  @Post(':id/reinstate')
  @Access('operator')
  @Operation({
    id: 'reinstateRetailer',
    tag,
    summary: 'Ends a suspension.',
    description: 'The retailer is what it was before. One that is not suspended stays as it is.',
    ok: { status: 200, type: RetailerDto, description: 'The retailer.', example: activeRetailer },
    errors: [RetailerNotFoundError],
  })
  async reinstate(@CurrentStaff() staff: StaffPrincipal, @UuidParam('id') id: string): Promise<RetailerDto> {
    return RetailerDto.of(await this.admissions.reinstate(actorOf(staff), id));
  }
}
