import { Body, Controller, Get, Headers, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { InvalidRequestError } from '../platform/errors.js';
import { Access, actorOf, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { IdempotentCreate } from '../platform/http/idempotent-create.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto, PageQuery } from '../platform/http/paging.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { BodyLimit } from '../platform/http/route.js';
import { UuidParam } from '../platform/http/validation.js';
import { Weighs } from '../platform/overload/weight.js';
import { CategoryFullError, TooManyPreferencesError } from '../preferences/preferences.errors.js';
import { parseMapping } from './csv-mapping.js';
import { readyMapping, readyMappings } from './csv-mappings.js';
import { MOST_LINES, readTable } from './csv-table.js';
import { MOST_EXPORT_LINES, readDocument, readLines } from './export-reader.js';
import { NDJSON } from './export-stream.js';
import { ImportQuery } from './import-query.dto.js';
import { ImportReader, MOST_STATEMENTS, type ReadFile } from './import-reader.js';
import { ConfirmImportDto, ImportDto, ImportSummaryDto, ReadyMappingsDto } from './imports.dto.js';
import {
  CsvUnreadableError,
  ExportChangedError,
  ExportIncompleteError,
  ExportUnreadableError,
  ImportDiscardedError,
  ImportNotFoundError,
  ImportOutdatedError,
  ImportTooLargeError,
  TooManyImportsError,
} from './imports.errors.js';
import { importBody, importExample, summaryExample, triedExample } from './imports.examples.js';
import { ImportsService } from './imports.service.js';

const tag = 'Portability (customer)';
const CSV = 'text/csv';
/** As much as a full profile takes whose values are as large as they may be. */
export const LARGEST_IMPORT = 6 * 1_048_576;
/** The parameters that only a table has. */
const OF_TABLES = ['mapping', 'retailer_id', 'source', 'delimiter'] as const;

/** For customers: bringing in what they stated elsewhere. */
@Controller('v1/me/imports')
export class ImportsController {
  constructor(
    private readonly imports: ImportsService,
    private readonly reader: ImportReader,
  ) {}

  @Get()
  @Access('customer', 'preferences.read')
  @Operation({
    id: 'listImports',
    tag,
    summary: 'What I have brought in',
    description: 'The latest comes first. Settled ones are forgotten after 30 days, and all but the latest 50.',
    ok: {
      status: 200,
      type: PageDto(ImportSummaryDto),
      description: 'The imports, without their items.',
      example: { items: [summaryExample], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  async list(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Query() query: PageQuery,
  ): Promise<Page<ImportSummaryDto>> {
    const page = await this.imports.list(customer, query);
    return { ...page, items: page.items.map((view) => ImportSummaryDto.summaryOf(view)) };
  }

  @Get('mappings')
  @Access('customer', 'preferences.read')
  @Operation({
    id: 'listImportMappings',
    tag,
    summary: 'Ready mappings for tables',
    description:
      'For what a customer typically gets from a loyalty programme, a newsletter or a size profile. Take one by its ' +
      'id, or as a start for a mapping of your own. In a value, `{"$column": name}` stands for a cell; several names ' +
      'may be given, and case, spaces and punctuation play no part. `as` reads it as a whole number or a yes or no, ' +
      '`map` says what its texts mean (`null`: nothing), `split` takes it for a list, `each` makes a statement of ' +
      'every part, `optional` lets it be empty. `when` limits a rule to lines with one of these texts.',
    ok: {
      status: 200,
      type: ReadyMappingsDto,
      description: 'The mappings.',
      example: { items: readyMappings.slice(1, 2) },
    },
    errors: [],
  })
  mappings(): ReadyMappingsDto {
    return { items: readyMappings as unknown as ReadyMappingsDto['items'] };
  }

  @Post()
  @Access('customer', 'preferences.write')
  @IdempotentCreate()
  @BodyLimit(LARGEST_IMPORT)
  @Weighs(4)
  @RateLimit('import', { points: 60, seconds: 3600, by: 'principal' })
  @Operation({
    id: 'importProfile',
    tag,
    summary: 'Bring in what I stated elsewhere',
    description:
      'Takes an export of this or another broker, or a table (CSV) that a retailer or a loyalty programme gave out. ' +
      'An export is held against the hashes of its manifest and, where the key is known here, its signature; one that ' +
      'is too large may be sent as its lines `header`, `statement` and `manifest` alone. What is new becomes a ' +
      '**pending** preference, which has no effect before you confirm it; what is stated already in other words is ' +
      '`conflicting`. With `dry_run` nothing is kept. At most ' +
      `${MOST_STATEMENTS} statements, ${MOST_LINES} lines of a table, ${MOST_EXPORT_LINES} of an export, 6 MiB; five imports may wait at a time. ` +
      'All of it is taken in or, on any problem, none.',
    body: importBody,
    ok: { status: 201, type: ImportDto, description: 'The import.', example: importExample },
    more: [{ status: 200, type: ImportDto, description: 'What it would come to (`dry_run`).', example: triedExample }],
    errors: [
      ExportUnreadableError,
      ExportIncompleteError,
      ExportChangedError,
      CsvUnreadableError,
      ImportTooLargeError,
      TooManyImportsError,
      TooManyPreferencesError,
      CategoryFullError,
    ],
  })
  async create(
    @CurrentCustomer() principal: CustomerPrincipal,
    @Query() query: ImportQuery,
    @Headers('content-type') contentType: string | undefined,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportDto> {
    const file = await this.read(body, contentType ?? '', query);
    const { customer } = principal;
    const { conflicts = 'keep' } = query;
    if (query.dry_run) {
      void reply.status(200);
      return ImportDto.of(await this.imports.try(customer, file, conflicts, actorOf(principal)));
    }
    return ImportDto.of(await this.imports.create(customer, file, conflicts, actorOf(principal)));
  }

  @Get(':id')
  @Access('customer', 'preferences.read')
  @Operation({
    id: 'getImport',
    tag,
    summary: 'One import, item by item',
    ok: { status: 200, type: ImportDto, description: 'The import.', example: importExample },
    errors: [ImportNotFoundError],
  })
  async get(@CurrentCustomer() { customer }: CustomerPrincipal, @UuidParam('id') id: string): Promise<ImportDto> {
    return ImportDto.of(await this.imports.get(customer, id));
  }

  @Post(':id/confirm')
  @Access('customer', 'preferences.write')
  @Operation({
    id: 'confirmImport',
    tag,
    summary: 'Let what I brought in hold',
    description:
      'All that waits, or the named items. Pending preferences become active, and what was to be replaced is. Of ' +
      'equally specific statements the one that was stated later holds, wherever that was.',
    ok: { status: 200, type: ImportDto, description: 'The import as it is now.', example: importExample },
    errors: [ImportNotFoundError, ImportDiscardedError, ImportOutdatedError, CategoryFullError],
  })
  async confirm(
    @CurrentCustomer() principal: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Body() body: ConfirmImportDto,
  ): Promise<ImportDto> {
    return ImportDto.of(await this.imports.confirm(principal.customer, id, body.toChosen(), actorOf(principal)));
  }

  @Post(':id/discard')
  @Access('customer', 'preferences.write')
  @Operation({
    id: 'discardImport',
    tag,
    summary: 'Throw away what still waits of an import',
    description: 'What was confirmed stays. Discarding it again changes nothing.',
    ok: { status: 200, type: ImportDto, description: 'The import as it is now.', example: importExample },
    errors: [ImportNotFoundError],
  })
  async discard(@CurrentCustomer() principal: CustomerPrincipal, @UuidParam('id') id: string): Promise<ImportDto> {
    return ImportDto.of(await this.imports.discard(principal.customer, id, actorOf(principal)));
  }

  private read(body: unknown, contentType: string, query: ImportQuery): Promise<ReadFile> {
    const mediaType = contentType.split(';', 1)[0]!.trim().toLowerCase();
    if (mediaType === CSV) return this.readTable(typeof body === 'string' ? body : '', query);
    const amiss = OF_TABLES.filter((name) => query[name] !== undefined);
    if (amiss.length > 0) {
      throw new InvalidRequestError(amiss.map((name) => ({ pointer: `query/${name}`, detail: 'is only for a table' })));
    }
    const file = mediaType === NDJSON ? readLines(typeof body === 'string' ? body : '') : readDocument(body);
    return this.reader.readExport(file, query.toRetailers());
  }

  private readTable(text: string, query: ImportQuery): Promise<ReadFile> {
    const { mapping, retailer_id, source } = query;
    if (mapping === undefined) {
      throw new InvalidRequestError([
        { pointer: 'query/mapping', detail: 'says how to read a table, and is required' },
      ]);
    }
    const ready = readyMapping(mapping);
    const table = readTable(text, query.toDelimiter());
    return this.reader.readTable(
      table,
      ready ?? parseMapping(mapping),
      source ?? ready?.id ?? 'csv',
      retailer_id ? { level: 'retailer', retailer_id } : { level: 'everyone' },
    );
  }
}
