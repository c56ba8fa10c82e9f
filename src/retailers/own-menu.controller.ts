import { Body, Controller, Get, Headers, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { PreconditionFailedError, PreconditionRequiredError } from '../platform/errors.js';
import { Access, actorOf, CurrentRetailer, type RetailerPrincipal } from '../platform/http/access.js';
import { notModified, strongEtag } from '../platform/http/etag.js';
import { Operation } from '../platform/http/operation.js';
import { canonicalJson, type JsonObject } from '../platform/json.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { menuExample } from './examples.js';
import type { Menu } from './menu.js';
import { MenuDto, NewMenuDto, TouchpointMenuDto } from './menu.dto.js';
import { MenusService } from './menus.service.js';
import { ofItsOwn } from './of-its-own.js';
import type { Retailer } from './retailer.entity.js';
import { RetailersService } from './retailers.service.js';

const tag = 'Own profile (retailer)';
const headers = {
  ETag: { description: 'Send it as If-Match to replace the menu.', example: '"6mZ2m0kq3w1b9xY7uT4rVQ"' },
};

/** A retailer publishes what each of its touchpoints can honour. */
@Controller('v1/retailer/touchpoints')
export class OwnMenuController {
  constructor(
    private readonly retailers: RetailersService,
    private readonly menus: MenusService,
    private readonly vocabularies: VocabularyService,
  ) {}

  @Get()
  @Access('retailer', 'retailer.manage')
  @Operation({
    id: 'getTouchpointMenu',
    tag,
    summary: 'See what your touchpoints can honour',
    description:
      'For each of your touchpoints what you have published or, where you have published nothing, the default: what ' +
      'such a touchpoint usually needs. Nothing else is ever read there, whatever customers consent to.',
    ok: { status: 200, type: MenuDto, description: 'The menu.', example: menuExample, headers },
    more: [{ status: 304, description: 'If-None-Match named the menu as it is.' }],
    errors: [],
  })
  async get(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MenuDto | undefined> {
    const { retailerId } = ofItsOwn(caller);
    const menu = this.shown(await this.retailers.get(retailerId), await this.menus.of(retailerId));
    return notModified(request, reply, etagOf(menu)) ? undefined : menu;
  }

  @Put()
  @Access('retailer', 'retailer.manage')
  @Operation({
    id: 'publishTouchpointMenu',
    tag,
    summary: 'Publish what your touchpoints can honour',
    description:
      'Replaces the menu as a whole; it acts on the next read. For each touchpoint name the attributes that you can ' +
      'honour there and say in one sentence what you do with each: customers see it. A touchpoint that you leave out ' +
      'has its default again; one without attributes reads nothing. Beacons and social media read no preferences, ' +
      'only whether the customer may be addressed.',
    ok: { status: 200, type: MenuDto, description: 'The menu as it is now.', example: menuExample, headers },
    errors: [PreconditionRequiredError, PreconditionFailedError],
  })
  async publish(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: NewMenuDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MenuDto> {
    const { retailerId } = ofItsOwn(caller);
    const retailer = await this.menus.publish(actorOf(caller), retailerId, body.touchpoints, {
      ifMatch,
      etagOf: (before, menu) => etagOf(this.shown(before, menu)),
    });
    const menu = this.shown(retailer, retailer.menu);
    void reply.header('etag', etagOf(menu));
    return menu;
  }

  private shown({ id, touchpoints }: Retailer, menu: Menu): MenuDto {
    return { touchpoints: TouchpointMenuDto.listOf(touchpoints, menu, this.vocabularies.current().seenBy(id)) };
  }
}

// In canonical form: jsonb orders the members of a sentence as it likes.
function etagOf(menu: MenuDto): string {
  return strongEtag(canonicalJson({ ...menu } as unknown as JsonObject));
}
