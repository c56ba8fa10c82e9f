import { Controller, Get, Query } from '@nestjs/common';

import { Access, CurrentRetailer, type RetailerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { type Page, PageDto, PageQuery } from '../platform/http/paging.js';
import { clientsPage } from './clients-page.js';
import { ClientDto } from './clients.dto.js';
import { activeRetailer, client, onePage } from './examples.js';
import { RetailerDto } from './retailers.dto.js';
import { RetailersService } from './retailers.service.js';

const tag = 'Own profile (retailer)';

/** What a retailer sees of itself. Any of its tokens will do. */
@Controller('v1/retailer')
export class OwnProfileController {
  constructor(private readonly retailers: RetailersService) {}

  @Get()
  @Access('retailer')
  @Operation({
    id: 'getOwnProfile',
    tag,
    summary: 'Answers the calling retailer’s own profile.',
    ok: { status: 200, type: RetailerDto, description: 'The retailer.', example: activeRetailer },
    errors: [],
  })
  async profile(@CurrentRetailer() caller: RetailerPrincipal): Promise<RetailerDto> {
    return RetailerDto.of(await this.retailers.get(caller.retailerId));
  }

  @Get('clients')
  @Access('retailer')
  @Operation({
    id: 'listOwnClients',
    tag,
    summary: 'Lists the calling retailer’s clients, newest first.',
    ok: { status: 200, type: PageDto(ClientDto), description: 'One page of clients.', example: onePage(client) },
    errors: [],
  })
  async clients(@CurrentRetailer() caller: RetailerPrincipal, @Query() query: PageQuery): Promise<Page<ClientDto>> {
    return clientsPage(query, (page) => this.retailers.clientsOf(caller.retailerId, page));
  }
}
