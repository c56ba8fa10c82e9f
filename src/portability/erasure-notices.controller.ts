import { Body, Controller, Get, Post, Query } from '@nestjs/common';

import { Access, CurrentRetailer, type RetailerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { UuidParam } from '../platform/http/validation.js';
import { type Page, PageDto, PageQuery } from '../platform/http/paging.js';
import { ofItsOwn } from '../retailers/of-its-own.js';
import { AttestationDto, ErasureNoticeDto, ErasureNoticesQuery, OverdueErasureDto } from './erasure-notices.dto.js';
import { ErasureAttestedError, ErasureNotFoundError } from './erasures.errors.js';
import { attestedNotice, confirmedNotice, notice, overdueNotice } from './erasures.examples.js';
import { ErasureNotices } from './erasure-notices.service.js';

const tag = 'Erasures (retailer)';
const errors = [ErasureNotFoundError];

/** For retailers: whom to delete, and saying that it is done. */
@Controller('v1/erasures')
export class ErasureNoticesController {
  constructor(private readonly notices: ErasureNotices) {}

  @Get()
  @Access('retailer', 'consents.read')
  @Operation({
    id: 'listErasures',
    tag,
    summary: 'Whom to delete',
    description:
      'Customers who had themselves erased and of whom you had a consent, the latest first. Delete what you hold of ' +
      'them, and attest it by the number until `due_at`. `subject` and `consents` are gone once you have confirmed or ' +
      'attested, and after 30 days in any case.',
    ok: {
      status: 200,
      type: PageDto(ErasureNoticeDto),
      description: 'One page.',
      example: { items: [notice], next_cursor: null },
    },
    errors: [],
  })
  async list(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Query() query: ErasureNoticesQuery,
  ): Promise<Page<ErasureNoticeDto>> {
    const { retailerId } = ofItsOwn(caller);
    const { items, ...page } = await this.notices.list(query, { retailerId, attested: query.attested() });
    return { ...page, items: items.map((item) => ErasureNoticeDto.of(item)) };
  }

  @Post(':number/confirm')
  @Access('retailer', 'consents.read')
  @Operation({
    id: 'confirmErasure',
    tag,
    summary: 'Noted whom it is about',
    description: 'The broker forgets it then: keep `subject` until you have deleted what you hold.',
    ok: { status: 200, type: ErasureNoticeDto, description: 'The notice.', example: confirmedNotice },
    errors,
  })
  async confirm(
    @CurrentRetailer() retailer: RetailerPrincipal,
    @UuidParam('number') number: string,
  ): Promise<ErasureNoticeDto> {
    return ErasureNoticeDto.of(await this.notices.confirm(ofItsOwn(retailer), number));
  }

  @Post(':number/attest')
  @Access('retailer', 'consents.read')
  @Operation({
    id: 'attestErasure',
    tag,
    summary: 'Attest what has become of it',
    description:
      'It is recorded in the log, and the customer sees it. What is `retained` on a legal ground is attested as ' +
      '`deleted` once that ground is gone; what is deleted stays so.',
    ok: { status: 200, type: ErasureNoticeDto, description: 'The notice.', example: attestedNotice },
    errors: [...errors, ErasureAttestedError],
  })
  async attest(
    @CurrentRetailer() retailer: RetailerPrincipal,
    @UuidParam('number') number: string,
    @Body() body: AttestationDto,
  ): Promise<ErasureNoticeDto> {
    return ErasureNoticeDto.of(await this.notices.attest(ofItsOwn(retailer), number, body.outcome, body.ground()));
  }
}

/** For operators: which retailers owe an answer. */
@Controller('v1/admin/erasures')
export class OverdueErasuresController {
  constructor(private readonly notices: ErasureNotices) {}

  @Get()
  @Access('operator')
  @Operation({
    id: 'listOverdueErasures',
    tag: 'Erasures (operator)',
    summary: 'Who has not attested in time',
    description: 'Notices of erasures that were to be attested by now. They say nothing of whom they are about.',
    ok: {
      status: 200,
      type: PageDto(OverdueErasureDto),
      description: 'One page, the latest first.',
      example: { items: [overdueNotice], next_cursor: null },
    },
    errors: [],
  })
  async list(@Query() query: PageQuery): Promise<Page<OverdueErasureDto>> {
    const { items, ...page } = await this.notices.overdue(query);
    return { ...page, items: items.map((item) => OverdueErasureDto.of(item)) };
  }
}
