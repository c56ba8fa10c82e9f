import { Controller, Get, Query, Req, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { RecentSignInRequiredError } from '../platform/http/recent-sign-in.js';
import type { JsonObject } from '../platform/json.js';
import { ExportQuery } from './export.dto.js';
import { EXPORT_SCHEMA_PATH } from './export-lines.js';
import { documentExample, linesExample } from './export.examples.js';
import { exportSchema } from './export-schema.js';
import { type ExportForm, exportStream, JSON_DOCUMENT, NDJSON } from './export-stream.js';
import { ExportService } from './export.service.js';

/** For customers: everything that is held of them, to keep and to carry elsewhere. */
@Controller()
export class ExportController {
  constructor(private readonly exports: ExportService) {}

  @Get('v1/me/export')
  @Access('customer', 'account')
  @RateLimit('export', { points: 10, seconds: 3600, by: 'principal' })
  @Operation({
    id: 'exportProfile',
    tag: 'Portability (customer)',
    summary: 'Take everything along',
    description:
      'Streams what is held of the customer: all of it (GDPR Article 15, with sources, recipients, inferred values ' +
      'and disclosures), or what they provided (Article 20). NDJSON by default, a line for each record, or one JSON ' +
      'document. The first record is a `header`; then come the `statement`s, which another broker takes in. The last ' +
      'one is the **manifest**, signed with a published key (`/oauth/jwks`) over counts and SHA-256 of all before it. ' +
      'An answer that ends without its manifest was broken off: throw it away and ask again. Records change while ' +
      'they are read: each page is as it was when it was read. Needs a sign-in of the last five minutes.',
    ok: {
      status: 200,
      description: 'The export, line by line.',
      contentType: NDJSON,
      schema: { type: 'string', description: `Each line follows \`${EXPORT_SCHEMA_PATH}\`.` },
      example: linesExample,
      headers: { 'Content-Disposition': { description: 'A name for the file.' } },
    },
    more: [
      {
        status: 200,
        description: 'The export, line by line.',
        contentType: JSON_DOCUMENT,
        schema: {
          type: 'object',
          description: `As \`${EXPORT_SCHEMA_PATH}\` says.`,
          required: ['records', 'manifest'],
          properties: {
            records: {
              type: 'array',
              items: {
                type: 'object',
                required: ['kind', 'record'],
                properties: { kind: { type: 'string' }, record: { type: 'object' } },
              },
            },
            manifest: { type: 'string', description: 'A JWS.' },
          },
        },
        example: documentExample,
      },
    ],
    errors: [RecentSignInRequiredError],
  })
  async export(
    @CurrentCustomer() principal: CustomerPrincipal,
    @Query() { kind = 'everything' }: ExportQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const form = askedForm(request);
    const lines = await this.exports.begin(principal, kind);
    const ending = form === NDJSON ? 'ndjson' : 'json';
    void reply.header('vary', 'accept');
    return new StreamableFile(exportStream(lines, form), {
      type: form,
      disposition: `attachment; filename="ccx-${kind}.${ending}"`,
    });
  }

  @Get(EXPORT_SCHEMA_PATH)
  @Access('public')
  @Operation({
    id: 'getExportSchema',
    tag: 'Service',
    summary: 'The JSON Schema of exports',
    description: 'JSON Schema 2020-12 of an export as a document, of each of its lines, and of the manifest’s payload.',
    ok: {
      status: 200,
      description: 'The schema.',
      contentType: 'application/schema+json',
      schema: { type: 'object' },
      example: { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'CCX export' },
    },
    errors: [],
  })
  schema(@Res({ passthrough: true }) reply: FastifyReply): JsonObject {
    void reply.headers({ 'cache-control': 'public, max-age=3600' }).type('application/schema+json');
    return exportSchema;
  }
}

/** NDJSON unless a document is what was asked for. */
function askedForm(request: FastifyRequest): ExportForm {
  return new Negotiator(request.raw).mediaType([NDJSON, JSON_DOCUMENT]) === JSON_DOCUMENT ? JSON_DOCUMENT : NDJSON;
}
