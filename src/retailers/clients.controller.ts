import { Body, Controller, Get, Headers, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { Access, actorOf, CurrentStaff, type StaffPrincipal } from '../platform/http/access.js';
import { strongEtag } from '../platform/http/etag.js';
import { Operation } from '../platform/http/operation.js';
import { type Page, PageDto, PageQuery } from '../platform/http/paging.js';
import { PreconditionFailedError, PreconditionRequiredError } from '../platform/errors.js';
import { UuidParam } from '../platform/http/validation.js';
import { canonicalJson, type JsonObject } from '../platform/json.js';
import { clientsPage } from './clients-page.js';
import { ClientRevisionDto, NewClientDto } from './client-requests.dto.js';
import { ClientDto, RegisteredClientDto } from './clients.dto.js';
import type { Client } from './client.entity.js';
import { ClientsService } from './clients.service.js';
import { ClientNotFoundError, RetailerNotFoundError } from './retailers.errors.js';
import { client as example, onePage } from './examples.js';
import { RetailersService } from './retailers.service.js';

const tag = 'Clients (operator)';
const headers = {
  ETag: { description: 'Send it as If-Match to change the client.', example: '"6mZ2m0kq3w1b9xY7uT4rVQ"' },
};

// In canonical form: jsonb orders the members of a key as it likes.
const etagOf = (client: Client) => strongEtag(canonicalJson({ ...ClientDto.of(client) } as JsonObject));

/** The OAuth clients of a retailer, as operators keep them. */
@Controller('v1/admin/retailers/:id/clients')
export class ClientsController {
  constructor(
    private readonly retailers: RetailersService,
    private readonly clients: ClientsService,
  ) {}

  @Post()
  @Access('operator')
  @Operation({
    id: 'registerClient',
    tag,
    summary: 'Registers a client of a retailer.',
    description:
      'It authenticates by assertions that it signs (private_key_jwt), with public keys registered here by value. ' +
      'A development service also gives out secrets, once, and takes public clients.',
    ok: { status: 201, type: RegisteredClientDto, description: 'The client.', example, headers },
    errors: [RetailerNotFoundError],
  })
  async register(
    @CurrentStaff() staff: StaffPrincipal,
    @UuidParam('id') id: string,
    @Body() body: NewClientDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RegisteredClientDto> {
    const { client, secret } = await this.clients.register(actorOf(staff), id, body.toClient());
    void reply.header('etag', etagOf(client));
    return { ...ClientDto.of(client), ...(secret !== undefined && { client_secret: secret }) };
  }

  @Get()
  @Access('operator')
  @Operation({
    id: 'listClients',
    tag,
    summary: 'Lists the clients of a retailer, newest first.',
    ok: { status: 200, type: PageDto(ClientDto), description: 'One page of clients.', example: onePage(example) },
    errors: [RetailerNotFoundError],
  })
  async list(@UuidParam('id') id: string, @Query() query: PageQuery): Promise<Page<ClientDto>> {
    await this.retailers.get(id);
    return clientsPage(query, (page) => this.retailers.clientsOf(id, page));
  }

  @Get(':client_id')
  @Access('operator')
  @Operation({
    id: 'getClient',
    tag,
    summary: 'Answers one client.',
    ok: { status: 200, type: ClientDto, description: 'The client.', example, headers },
    errors: [ClientNotFoundError],
  })
  async get(
    @UuidParam('id') id: string,
    @Param('client_id') clientId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClientDto> {
    const client = await this.retailers.clientOf(id, clientId);
    void reply.header('etag', etagOf(client));
    return ClientDto.of(client);
  }

  @Patch(':client_id')
  @Access('operator')
  @Operation({
    id: 'reviseClient',
    tag,
    summary: 'Changes a client: its keys, redirect URIs, scopes, or whether it is active.',
    description: 'Members that are left out stay as they are. A list replaces the list that was there.',
    ok: { status: 200, type: ClientDto, description: 'The client as it is now.', example, headers },
    errors: [ClientNotFoundError, PreconditionRequiredError, PreconditionFailedError],
  })
  async revise(
    @CurrentStaff() staff: StaffPrincipal,
    @UuidParam('id') id: string,
    @Param('client_id') clientId: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: ClientRevisionDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClientDto> {
    const client = await this.clients.revise(actorOf(staff), id, clientId, body.toChanges(), { ifMatch, etagOf });
    void reply.header('etag', etagOf(client));
    return ClientDto.of(client);
  }
}
