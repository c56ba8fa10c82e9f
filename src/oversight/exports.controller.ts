import { Controller, Get, Query, Req, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

import { LogNotPublishedError } from '../audit/log.errors.js';
import { Access, CurrentStaff, RecordsAct, type StaffPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { textStream } from '../platform/http/text-stream.js';
import { Weighs } from '../platform/overload/weight.js';
import { EntrySearchQuery } from './entries.dto.js';
import { asCsv, asNdjson, CSV, NDJSON } from './export-forms.js';
import { AuditExports } from './exports.service.js';
import { NoEngagementError } from './oversight.errors.js';

const ndjsonExample = `{"format":"ccx-export-1","origin":"ccx.example/log/v1","checkpoint":"ccx.example/log/v1\\n4711\\n…","query":{"type":["consent.given"]},"made_at":"2026-11-22T12:00:00.000Z"}
{"index":4710,"id":"0192f0c1-7a54-7c3e-8f10-3d5f6a7b8c9d","type":"consent.given","at":"2026-11-21T09:30:00.000Z",…}
{"end":true,"count":1}
`;
const csvExample = `index,id,type,at,retailer_id,purposes,attributes,consent_version,subject,leaf,state
4710,0192f0c1-7a54-7c3e-8f10-3d5f6a7b8c9d,consent.given,2026-11-21T09:30:00.000Z,…,opened
`;

/** For auditors: taking along what they have searched for. */
@Controller('v1/audit/exports')
export class AuditExportsController {
  constructor(private readonly exports: AuditExports) {}

  @Get()
  @Access('auditor')
  @RecordsAct()
  @RateLimit('audit-export', { points: 30, seconds: 3600, by: 'principal' })
  @Weighs(4)
  @Operation({
    id: 'exportAuditEntries',
    tag: 'Audit',
    summary: 'Take entries along',
    description:
      'Streams the entries that a search finds within your engagement, in the order of the log, up to the last ' +
      'published checkpoint. NDJSON by default: first what it is, with the checkpoint; then a line for each leaf, with ' +
      'its inclusion proof in that checkpoint and, where it can be opened, the event and the nonce that show that the ' +
      'leaf commits to it; last `end` with the count, without which it was broken off. `ccx verify` checks it offline. ' +
      'CSV (`Accept: text/csv`) has the columns alone. The export is an entry of the log before its first byte leaves.',
    ok: {
      status: 200,
      description: 'The entries, line by line.',
      contentType: NDJSON,
      schema: { type: 'string' },
      example: ndjsonExample,
      headers: { 'Content-Disposition': { description: 'A name for the file.' } },
    },
    more: [
      {
        status: 200,
        description: 'The entries, line by line.',
        contentType: CSV,
        schema: { type: 'string' },
        example: csvExample,
      },
    ],
    errors: [NoEngagementError, LogNotPublishedError],
  })
  async export(
    @CurrentStaff() auditor: StaffPrincipal,
    @Query() query: EntrySearchQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const isCsv = new Negotiator(request.raw).mediaType([NDJSON, CSV]) === CSV;
    const form = isCsv ? 'csv' : 'ndjson';
    const made = await this.exports.begin(auditor, query, form);
    void reply.header('vary', 'accept');
    return new StreamableFile(textStream(isCsv ? asCsv(made) : asNdjson(made)), {
      type: isCsv ? `${CSV}; charset=utf-8` : NDJSON,
      disposition: `attachment; filename="ccx-audit.${form}"`,
    });
  }
}
