import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Access } from '../platform/http/access.js';
import { notModified, strongEtag } from '../platform/http/etag.js';
import { Operation } from '../platform/http/operation.js';
import { decodeCursor, type Page, PageDto, pageOf, pageSize } from '../platform/http/paging.js';
import { UuidParam } from '../platform/http/validation.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { menuExample, onePage, publicRetailer } from './examples.js';
import { RetailerProfileDto, TouchpointMenuDto } from './menu.dto.js';
import { MenusService } from './menus.service.js';
import { DirectoryQuery, PublicRetailerDto } from './retailers.dto.js';
import { RetailerNotFoundError } from './retailers.errors.js';
import { RetailersService } from './retailers.service.js';

/** Who takes part, for everybody. */
@Controller('v1/retailers')
export class DirectoryController {
  constructor(
    private readonly retailers: RetailersService,
    private readonly menus: MenusService,
    private readonly vocabularies: VocabularyService,
  ) {}

  @Get()
  @Access('public')
  @Operation({
    id: 'listRetailers',
    tag: 'Retailers',
    summary: 'Lists the retailers that take part, newest first.',
    ok: {
      status: 200,
      type: PageDto(PublicRetailerDto),
      description: 'One page of the directory.',
      example: onePage(publicRetailer),
    },
    errors: [],
  })
  async list(@Query() query: DirectoryQuery): Promise<Page<PublicRetailerDto>> {
    const { sector } = query;
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const rows = await this.retailers.list({ status: 'active', sector, before, limit: limit + 1 });
    const page = pageOf(rows, limit, ({ id }) => [id]);
    return { ...page, items: page.items.map((retailer) => PublicRetailerDto.of(retailer)) };
  }

  @Get(':id')
  @Access('public')
  @Operation({
    id: 'getRetailer',
    tag: 'Retailers',
    summary: 'Answers what is public about one retailer, and what its touchpoints can honour.',
    ok: {
      status: 200,
      type: RetailerProfileDto,
      description: 'The retailer.',
      example: { ...publicRetailer, menu: menuExample.touchpoints },
      headers: { ETag: { description: 'Changes with the retailer.', example: '"6mZ2m0kq3w1b9xY7uT4rVQ"' } },
    },
    more: [{ status: 304, description: 'If-None-Match named what the caller has already.' }],
    errors: [RetailerNotFoundError],
  })
  async get(
    @UuidParam('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RetailerProfileDto | undefined> {
    const retailer = await this.retailers.getActive(id);
    const vocabulary = this.vocabularies.current();
    const menu = TouchpointMenuDto.listOf(retailer.touchpoints, await this.menus.of(id), vocabulary);
    const profile: RetailerProfileDto = { ...PublicRetailerDto.of(retailer), menu };
    return notModified(request, reply, strongEtag(JSON.stringify(profile))) ? undefined : profile;
  }
}
