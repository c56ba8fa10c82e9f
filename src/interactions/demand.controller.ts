import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Access, CurrentRetailer, type RetailerPrincipal } from '../platform/http/access.js';
import { notModified, strongEtag } from '../platform/http/etag.js';
import { Operation } from '../platform/http/operation.js';
import {
  decodeCursor,
  InvalidCursorError,
  type Page,
  PageDto,
  PageQuery,
  pageOf,
  pageSize,
} from '../platform/http/paging.js';
import { ofItsOwn } from '../retailers/of-its-own.js';
import { DemandDto, DemandMonthDto, DemandMonthParam } from './demand.dto.js';
import { DemandNotReleasedError } from './demand.errors.js';
import { DemandService } from './demand.service.js';

const tag = 'Demand (retailer)';
const monthExample: DemandMonthDto = { month: '2026-10', released_at: '2026-11-08T03:00:00.000Z' };
const example: DemandDto = {
  ...monthExample,
  fewest_customers: 20,
  cells: [
    { dimension: 'category', value: '*', detail: null, customers: 20 },
    { dimension: 'category', value: 'coffee', detail: null, customers: 140 },
    { dimension: 'category', value: 'coffee', detail: 'retailer:85123A', customers: 60 },
    { dimension: 'receipt', value: 'app', detail: null, customers: 100 },
  ],
};

/** What many customers of a retailer have in common. */
@Controller('v1/demand')
export class DemandController {
  constructor(private readonly demand: DemandService) {}

  @Get()
  @Access('retailer', 'interactions.read')
  @Operation({
    id: 'listDemand',
    tag,
    summary: 'List the months of which demand is released',
    description: 'The latest first. Takes the client’s own token.',
    ok: {
      status: 200,
      type: PageDto(DemandMonthDto),
      description: 'A page of months.',
      example: { items: [monthExample], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  async list(@CurrentRetailer() caller: RetailerPrincipal, @Query() query: PageQuery): Promise<Page<DemandMonthDto>> {
    const { retailerId } = ofItsOwn(caller);
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['time']) ?? [];
    const found = await this.demand.list(retailerId, {
      before: before?.toISOString().slice(0, 10),
      limit: limit + 1,
    });
    const page = pageOf(found, limit, ({ month }) => [new Date(`${month}T00:00:00Z`)]);
    return { ...page, items: page.items.map((release) => DemandMonthDto.of(release)) };
  }

  @Get(':month')
  @Access('retailer', 'interactions.read')
  @Operation({
    id: 'getDemand',
    tag,
    summary: 'See what many of our customers had in common in a month',
    description:
      'Of what you reported and what stands, of customers whose consent to it names statistics ' +
      '(`dpv:ServiceOptimisation`, `dpv:ResearchAndDevelopment`). Each count is of twenty customers at least and rounded ' +
      'down; there are no other cells and no filters, and a month that is released never changes, so that nobody can be ' +
      'found out by subtracting one answer from another. Takes the client’s own token.',
    ok: {
      status: 200,
      type: DemandDto,
      description: 'The release.',
      example,
      headers: { ETag: { description: 'The release never changes.' } },
    },
    more: [{ status: 304, description: 'The caller has it.' }],
    errors: [DemandNotReleasedError],
  })
  async get(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Param() { month }: DemandMonthParam,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DemandDto | undefined> {
    const { retailerId } = ofItsOwn(caller);
    const release = await this.demand.get(retailerId, month);
    if (notModified(request, reply, strongEtag('demand', retailerId, month, release.releasedAt))) return undefined;
    return DemandDto.whole(release);
  }
}
