import { Controller, Get, Query, Req, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { answerLanguage } from '../platform/http/language.js';
import { Operation } from '../platform/http/operation.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { RecentSignInRequiredError } from '../platform/http/recent-sign-in.js';
import type { JsonObject } from '../platform/json.js';
import { Weighs } from '../platform/overload/weight.js';
import { ExportQuery, SummaryQuery } from './export.dto.js';
import { EXPORT_SCHEMA_PATH } from './export-lines.js';
import { documentExample, linesExample } from './export.examples.js';
import { exportSchema } from './export-schema.js';
import { type ExportForm, exportStream, JSON_DOCUMENT, NDJSON } from './export-stream.js';
import { ExportService, SUMMARY_MEDIA_TYPE } from './export.service.js';
import { SUMMARY_POLICY } from './summary.page.js';

/** For customers: everything that is held of them, to keep and to carry elsewhere. */
@Controller()
export class ExportController {
  constructor(private readonly exports: ExportService) {}

  @Get('v1/me/export')
  @Weighs(4)
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
      'they are read: each page is as it was when it was read. The record `summary`, of everything alone, has a page in ' +
      'your language with pictures of who reported what. Needs a sign-in of the last five minutes.',
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
    @Query() { kind = 'everything', time_zone: timeZone = 'UTC' }: ExportQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const form = askedForm(request);
    const language = answerLanguage(request, reply);
    const lines = await this.exports.begin(principal, kind, { language, timeZone });
    const ending = form === NDJSON ? 'ndjson' : 'json';
    void reply.header('vary', 'accept, accept-language');
    return new StreamableFile(exportStream(lines, form), {
      type: form,
      disposition: `attachment; filename="ccx-${kind}.${ending}"`,
    });
  }

  @Get('v1/me/export/summary')
  @Weighs(4)
  @Access('customer', 'account')
  @RateLimit('export', { points: 10, seconds: 3600, by: 'principal' })
  @Operation({
    id: 'getExportSummary',
    tag: 'Portability (customer)',
    summary: 'See in pictures who reported what of me',
    description:
      'A page in English or German (`Accept-Language`) over all that is held: plots of who reported what, where and ' +
      'when, and of what counts, with the numbers behind them. It needs nothing but itself: save it, print it, show it. ' +
      'Needs a sign-in of the last five minutes.',
    ok: {
      status: 200,
      description: 'The page.',
      contentType: 'text/html',
      schema: { type: 'string' },
      example: '<!doctype html>…',
      headers: {
        'Content-Language': { description: 'Its language.', example: 'en' },
        'Content-Disposition': { description: 'A name for the file.' },
      },
    },
    errors: [RecentSignInRequiredError],
  })
  async summary(
    @CurrentCustomer() principal: CustomerPrincipal,
    @Query() { time_zone: timeZone = 'UTC' }: SummaryQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const language = answerLanguage(request, reply);
    const page = await this.exports.summary(principal, { language, timeZone });
    void reply.type(SUMMARY_MEDIA_TYPE).headers({
      'content-security-policy': `${SUMMARY_POLICY}; frame-ancestors 'none'`,
      'content-disposition': 'inline; filename="ccx-summary.html"',
    });
    return page;
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
