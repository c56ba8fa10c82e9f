import { Body, Controller, Get, Post, Query } from '@nestjs/common';

import { Access, CurrentStaff, type StaffPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto, PageQuery } from '../platform/http/paging.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { UuidParam } from '../platform/http/validation.js';
import { reidentificationExample } from './oversight.examples.js';
import {
  NoEngagementError,
  ReidentificationByOnePersonError,
  ReidentificationDecidedError,
  ReidentificationNotFoundError,
  SubjectNotFoundError,
} from './oversight.errors.js';
import { AskedReidentificationDto, ReidentificationDto, ReidentificationRequestDto } from './reidentifications.dto.js';
import { ReidentificationsService } from './reidentifications.service.js';

const open = { status: 'open', decided_at: null, expires_at: '2026-11-29T11:00:00.000Z' };
const asked = { ...reidentificationExample, ...open, customer_id: null };
const { subject: _subject, customer_id: _customerId, ...base } = reidentificationExample;
const forOperators = { ...base, auditor_id: '019a9c35-55d1-7e04-8c1f-6b0a9d2e3f47' };

/** For auditors: asking who a pseudonym is. */
@Controller('v1/audit/reidentifications')
export class ReidentificationsController {
  constructor(private readonly reidentifications: ReidentificationsService) {}

  @Get()
  @Access('auditor')
  @Operation({
    id: 'listReidentifications',
    tag: 'Audit',
    summary: 'List what I asked to be told of',
    description: 'The newest first. Whom it was about is told by each one alone.',
    ok: {
      status: 200,
      type: PageDto(ReidentificationDto),
      description: 'A page of requests.',
      example: { items: [asked], next_cursor: null },
    },
    errors: [NoEngagementError, InvalidCursorError],
  })
  list(@CurrentStaff() auditor: StaffPrincipal, @Query() query: PageQuery): Promise<Page<ReidentificationDto>> {
    return this.reidentifications.list(auditor, query);
  }

  @Post()
  @Access('auditor')
  @RateLimit('reidentifications', { points: 20, seconds: 3600, by: 'principal' })
  @Operation({
    id: 'requestReidentification',
    tag: 'Audit',
    summary: 'Ask who a pseudonym is',
    description:
      'It takes two persons: an operator decides within seven days (POST /v1/admin/reidentifications/{id}/approve). ' +
      'Every step is an entry, and the customer sees each of them, with your reason.',
    ok: { status: 201, type: ReidentificationDto, description: 'The request, to be decided.', example: asked },
    errors: [NoEngagementError, SubjectNotFoundError],
  })
  ask(@CurrentStaff() auditor: StaffPrincipal, @Body() body: ReidentificationRequestDto): Promise<ReidentificationDto> {
    return this.reidentifications.ask(auditor, body);
  }

  @Get(':id')
  @Access('auditor')
  @Operation({
    id: 'getReidentification',
    tag: 'Audit',
    summary: 'Read who a pseudonym is',
    description:
      'Names the customer by id for three days from the approval on. Each time it does, that is an entry, and the ' +
      'customer sees it.',
    ok: { status: 200, type: ReidentificationDto, description: 'The request.', example: reidentificationExample },
    errors: [NoEngagementError, ReidentificationNotFoundError],
  })
  get(@CurrentStaff() auditor: StaffPrincipal, @UuidParam('id') id: string): Promise<ReidentificationDto> {
    return this.reidentifications.get(auditor, id);
  }
}

/** For operators: the second person of a re-identification. */
@Controller('v1/admin/reidentifications')
export class ReidentificationDecisionsController {
  constructor(private readonly reidentifications: ReidentificationsService) {}

  @Get()
  @Access('operator')
  @Operation({
    id: 'listAskedReidentifications',
    tag: 'Re-identification (operator)',
    summary: 'List what auditors ask to be told of',
    description: 'The newest first: who asks, and why. Whom it is about is for the auditor alone.',
    ok: {
      status: 200,
      type: PageDto(AskedReidentificationDto),
      description: 'A page of requests.',
      example: { items: [{ ...forOperators, ...open }], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  list(@Query() query: PageQuery): Promise<Page<AskedReidentificationDto>> {
    return this.reidentifications.listForOperators(query);
  }

  @Post(':id/approve')
  @Access('operator')
  @Operation({
    id: 'approveReidentification',
    tag: 'Re-identification (operator)',
    summary: 'Let an auditor know who a pseudonym is',
    description:
      'The auditor can read the customer id for three days from now on. The customer sees it. It takes an operator who ' +
      'neither invited the auditor nor had their sign-in reset.',
    ok: { status: 200, type: AskedReidentificationDto, description: 'Approved.', example: forOperators },
    errors: [ReidentificationNotFoundError, ReidentificationDecidedError, ReidentificationByOnePersonError],
  })
  approve(@CurrentStaff() operator: StaffPrincipal, @UuidParam('id') id: string): Promise<AskedReidentificationDto> {
    return this.reidentifications.decide(operator, id, 'approved');
  }

  @Post(':id/refuse')
  @Access('operator')
  @Operation({
    id: 'refuseReidentification',
    tag: 'Re-identification (operator)',
    summary: 'Leave a pseudonym a pseudonym',
    ok: {
      status: 200,
      type: AskedReidentificationDto,
      description: 'Refused.',
      example: { ...forOperators, status: 'refused', expires_at: open.expires_at },
    },
    errors: [ReidentificationNotFoundError, ReidentificationDecidedError],
  })
  refuse(@CurrentStaff() operator: StaffPrincipal, @UuidParam('id') id: string): Promise<AskedReidentificationDto> {
    return this.reidentifications.decide(operator, id, 'refused');
  }
}
