import { Controller, Get, Query } from '@nestjs/common';

import { Access, CurrentStaff, RecordsAct, type StaffPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto } from '../platform/http/paging.js';
import { IndexParam } from '../platform/http/validation.js';
import { EntriesQuery, EntryDto } from './entries.dto.js';
import { EntriesService } from './entries.service.js';
import { EntryNotFoundError, NoEngagementError } from './oversight.errors.js';

const example: EntryDto = {
  index: 4711,
  id: '0192f0c1-7a54-7c3e-8f10-3d5f6a7b8c9d',
  type: 'consent.given',
  at: '2026-11-21T09:30:00.000Z',
  leaf_hash: 'a3f1c0de5b7e9d2c4f60718293a4b5c6d7e8f9000112233445566778899aabbc',
  subject: 'kJ3mX0sPzv9qYw4bT8uLQA',
  retailer_id: '0192f0c1-1111-7c3e-8f10-3d5f6a7b8c9d',
  purposes: ['dpv:ServicePersonalisation'],
  attributes: ['size.footwear'],
  consent_version: 1,
  state: 'opened',
  intact: true,
  event: { type: 'consent.given', actor: { kind: 'customer' }, consent: { ref: 'Zm9vYmFyYmF6cXV4MTIzNA', version: 1 } },
};

@Controller('v1/audit/entries')
export class EntriesController {
  constructor(private readonly entries: EntriesService) {}

  @Get()
  @Access('auditor')
  @RecordsAct()
  @Operation({
    id: 'listAuditEntries',
    tag: 'Audit',
    summary: 'Search the audit log',
    description:
      'Numbered entries within the period, retailers and purposes of your engagement, newest first. Customers are ' +
      'named by pseudonyms of the engagement. The search itself becomes an entry of the log.',
    ok: {
      status: 200,
      type: PageDto(EntryDto),
      description: 'A page of entries.',
      example: { items: [example], next_cursor: null },
    },
    errors: [NoEngagementError, InvalidCursorError],
  })
  listAuditEntries(@CurrentStaff() auditor: StaffPrincipal, @Query() query: EntriesQuery): Promise<Page<EntryDto>> {
    return this.entries.list(auditor, query);
  }

  @Get(':index')
  @Access('auditor')
  @RecordsAct()
  @Operation({
    id: 'getAuditEntry',
    tag: 'Audit',
    summary: 'Read one entry of the audit log',
    ok: { status: 200, type: EntryDto, description: 'The entry.', example },
    errors: [NoEngagementError, EntryNotFoundError],
  })
  getAuditEntry(@CurrentStaff() auditor: StaffPrincipal, @IndexParam('index') index: number): Promise<EntryDto> {
    return this.entries.get(auditor, index);
  }
}
