import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { noticeAnswer } from '../consents/notice.dto.js';
import { Access, CurrentStaff, RecordsAct, type StaffPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto } from '../platform/http/paging.js';
import { Sha256Param } from '../platform/http/validation.js';
import {
  AuditedConsentDto,
  AuditedConsentsQuery,
  AuditedDisclosureDto,
  AuditedDisclosuresQuery,
} from './records.dto.js';
import { RecordsService } from './records.service.js';
import { auditedConsentExample, auditedDisclosureExample } from './oversight.examples.js';
import { AuditedNoticeNotFoundError, NoEngagementError } from './oversight.errors.js';

const tag = 'Audit';
const pages = 'A page may hold fewer than asked for, even none: go on while there is `next_cursor`.';

/** For auditors: the records behind the log, within their engagement. */
@Controller('v1/audit')
export class RecordsController {
  constructor(private readonly records: RecordsService) {}

  @Get('consents')
  @Access('auditor')
  @RecordsAct()
  @Operation({
    id: 'listAuditedConsents',
    tag,
    summary: 'List consents',
    description:
      'Consents that stood at some time of your engagement (or between `from` and `to`), with a line for its purposes, ' +
      `the newest first. Customers and consents are named by pseudonyms of the engagement. ${pages} The search itself ` +
      'becomes an entry of the log.',
    ok: {
      status: 200,
      type: PageDto(AuditedConsentDto),
      description: 'A page of consents.',
      example: { items: [auditedConsentExample], next_cursor: null },
    },
    errors: [NoEngagementError, InvalidCursorError],
  })
  consents(
    @CurrentStaff() auditor: StaffPrincipal,
    @Query() query: AuditedConsentsQuery,
  ): Promise<Page<AuditedConsentDto>> {
    return this.records.consents(auditor, query);
  }

  @Get('disclosures')
  @Access('auditor')
  @RecordsAct()
  @Operation({
    id: 'listAuditedDisclosures',
    tag,
    summary: 'List reads of preferences',
    description:
      'What retailers read, or were refused, within your engagement, the newest first; of each, whether the version of ' +
      'the consent that it names allowed it. `entry` is the entry of the log that holds the root of its batch. ' +
      `${pages} The search itself becomes an entry of the log.`,
    ok: {
      status: 200,
      type: PageDto(AuditedDisclosureDto),
      description: 'A page of reads.',
      example: { items: [auditedDisclosureExample], next_cursor: null },
    },
    errors: [NoEngagementError, InvalidCursorError],
  })
  disclosures(
    @CurrentStaff() auditor: StaffPrincipal,
    @Query() query: AuditedDisclosuresQuery,
  ): Promise<Page<AuditedDisclosureDto>> {
    return this.records.disclosures(auditor, query);
  }

  @Get('notices/:hash')
  @Access('auditor')
  @RecordsAct()
  @Operation({
    id: 'getAuditedNotice',
    tag,
    summary: 'See what customers were shown',
    description:
      'By the hash that an entry (`data.notice`), a consent or a receipt names, of a consent that your engagement ' +
      'reaches.',
    ok: noticeAnswer,
    errors: [NoEngagementError, AuditedNoticeNotFoundError],
  })
  notice(
    @CurrentStaff() auditor: StaffPrincipal,
    @Sha256Param('hash') hash: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    void reply.type('application/json');
    return this.records.notice(auditor, hash);
  }
}
