import { Controller, Get, Query, StreamableFile } from '@nestjs/common';

import { DisclosureSegments } from '../disclosures/segments.service.js';
import { Access, CurrentStaff, type StaffPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import {
  decodeCursor,
  InvalidCursorError,
  type Page,
  PageDto,
  pageOf,
  PageQuery,
  pageSize,
} from '../platform/http/paging.js';
import { UuidParam } from '../platform/http/validation.js';
import { Engagements } from './engagements.service.js';
import { NoEngagementError, SegmentNotFoundError } from './oversight.errors.js';
import { DisclosureSegmentDto, segmentExample } from './segments.dto.js';

const DAY_MS = 86_400_000;

/** For auditors: what is left of the disclosures of days that have gone. */
@Controller('v1/audit/disclosure-segments')
export class SegmentsController {
  constructor(
    private readonly engagements: Engagements,
    private readonly segments: DisclosureSegments,
  ) {}

  @Get()
  @Access('auditor')
  @Operation({
    id: 'listDisclosureSegments',
    tag: 'Audit',
    summary: 'List the exports of days of disclosures that have gone',
    description:
      'Disclosures are kept for a time and then go a day at a time, each after a signed segment of it was written and ' +
      'read again. A segment holds commitments and places only: a read that somebody still holds is proved by it, and ' +
      'nothing can be learnt from it. Those of whole days within your engagement, the latest first.',
    ok: {
      status: 200,
      type: PageDto(DisclosureSegmentDto),
      description: 'A page of segments.',
      example: { items: [segmentExample], next_cursor: null },
    },
    errors: [NoEngagementError, InvalidCursorError],
  })
  async list(@CurrentStaff() auditor: StaffPrincipal, @Query() query: PageQuery): Promise<Page<DisclosureSegmentDto>> {
    const { from, to } = await this.engagements.of(auditor);
    const [day, id] = decodeCursor(query.cursor, ['text', 'uuid']) ?? [];
    const limit = pageSize(query);
    const after = day && id ? { day, id } : undefined;
    const found = await this.segments.list({ from, to, after, limit: limit + 1 });
    const page = pageOf(found, limit, (segment) => [segment.day, segment.id]);
    return { ...page, items: page.items.map((segment) => DisclosureSegmentDto.of(segment)) };
  }

  @Get(':id')
  @Access('auditor')
  @Operation({
    id: 'getDisclosureSegment',
    tag: 'Audit',
    summary: 'Get the export of a day of disclosures',
    description:
      'NDJSON, compressed with gzip: a line with the format, the log and the day; then for each read its leaf hash, its ' +
      'path to the root of its batch, and the index of the entry that holds that root.',
    ok: {
      status: 200,
      description: 'The file, whose SHA-256 is signed.',
      contentType: 'application/gzip',
      schema: { type: 'string', format: 'binary' },
      headers: { 'Content-Disposition': { description: 'A name for the file.' } },
    },
    errors: [NoEngagementError, SegmentNotFoundError],
  })
  async get(@CurrentStaff() auditor: StaffPrincipal, @UuidParam('id') id: string): Promise<StreamableFile> {
    const { from, to } = await this.engagements.of(auditor);
    const segment = await this.segments.find(id);
    const begun = segment && Date.parse(`${segment.day}T00:00:00Z`);
    if (!begun || begun < from.getTime() || begun + DAY_MS > to.getTime()) throw new SegmentNotFoundError(id);
    const { name, content } = await this.segments.content(segment);
    return new StreamableFile(content, { type: 'application/gzip', disposition: `attachment; filename="${name}"` });
  }
}
