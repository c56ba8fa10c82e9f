import { Body, Controller, Delete, Get, Headers, Param, Post, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { PreconditionFailedError, PreconditionRequiredError } from '../platform/errors.js';
import { Access, actorOf, CurrentRetailer, type RetailerPrincipal } from '../platform/http/access.js';
import { IdempotentCreate } from '../platform/http/idempotent-create.js';
import { Operation } from '../platform/http/operation.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { extensionDefinitionSchema, extensionRevisionSchema } from '../vocabulary/attribute-definition.js';
import { formOf } from '../vocabulary/form.js';
import type { VocabularyExtension } from '../vocabulary/vocabulary-extension.entity.js';
import { ExtensionDto, ExtensionsDto } from './extensions.dto.js';
import {
  ExtensionNotFoundError,
  ExtensionPathTakenError,
  ExtensionPrefixTakenError,
  NoExtensionPrefixError,
  TooManyExtensionsError,
  TooManyExtensionVersionsError,
} from './extensions.errors.js';
import { extensionExample, newExtension, revisedExtension } from './extensions.examples.js';
import { type ExtensionDefinition, MOST_EXTENSIONS } from './extensions.js';
import { extensionEtag, ExtensionsService } from './extensions.service.js';
import { ofItsOwn } from './of-its-own.js';

const tag = 'Vocabulary (retailer)';
const headers = {
  ETag: { description: 'Send it as If-Match to change the attribute.', example: '"6mZ2m0kq3w1b9xY7uT4rVQ"' },
};
/** Every change is looked up by all processes and stays for ever. */
const CHANGES = { points: 30, seconds: 3_600, by: 'principal' } as const;
const definitionOf = formOf<ExtensionDefinition>(extensionDefinitionSchema);
const revisionOf = formOf<Omit<ExtensionDefinition, 'path'>>(extensionRevisionSchema);

/** A retailer adds attributes of its own, which no other retailer ever sees. */
@Controller('v1/retailer/vocabulary')
export class ExtensionsController {
  constructor(private readonly extensions: ExtensionsService) {}

  @Get()
  @Access('retailer', 'retailer.manage')
  @Operation({
    id: 'listOwnAttributes',
    tag,
    summary: 'Lists the attributes that you have added for yourself.',
    ok: {
      status: 200,
      type: ExtensionsDto,
      description: `All of them, ${MOST_EXTENSIONS} at most, each in its latest version.`,
      example: { prefix: 'com.example', items: [extensionExample] },
    },
    errors: [],
  })
  async list(@CurrentRetailer() caller: RetailerPrincipal): Promise<ExtensionsDto> {
    return ExtensionsDto.of(await this.extensions.of(ofItsOwn(caller).retailerId));
  }

  @Post()
  @Access('retailer', 'retailer.manage')
  @RateLimit('extensions', CHANGES)
  @IdempotentCreate()
  @Operation({
    id: 'addOwnAttribute',
    tag,
    summary: 'Adds an attribute of your own.',
    description:
      'Its path stands under your website turned round: `com.example.gift_wrap` for example.com. That prefix is yours ' +
      'alone from your first attribute on, even if your website changes; a website that is not a host of its own has ' +
      'none. The attribute is known a minute later. Customers may state it to you alone, and consent to it as to any other; other retailers never see it. ' +
      'It is never special and never inferred.',
    body: { content: { 'application/json': { schema: extensionDefinitionSchema, example: newExtension } } },
    ok: { status: 201, type: ExtensionDto, description: 'The attribute.', example: extensionExample, headers },
    errors: [ExtensionPathTakenError, ExtensionPrefixTakenError, NoExtensionPrefixError, TooManyExtensionsError],
  })
  async add(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExtensionDto> {
    const { retailerId } = ofItsOwn(caller);
    return answer(reply, await this.extensions.add(actorOf(caller), retailerId, definitionOf(body)));
  }

  @Put(':path')
  @Access('retailer', 'retailer.manage')
  @RateLimit('extensions', CHANGES)
  @Operation({
    id: 'reviseOwnAttribute',
    tag,
    summary: 'Widens an attribute of your own, or says it better.',
    description:
      'Whatever customers have stated stays valid: a schema becomes looser, strengths more, and nothing reaches ' +
      'further than it did. A deprecated attribute is active again.',
    body: { content: { 'application/json': { schema: extensionRevisionSchema, example: revisedExtension } } },
    ok: { status: 200, type: ExtensionDto, description: 'The attribute.', example: extensionExample, headers },
    errors: [ExtensionNotFoundError, PreconditionRequiredError, PreconditionFailedError, TooManyExtensionVersionsError],
  })
  async revise(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Param('path') path: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExtensionDto> {
    const { retailerId } = ofItsOwn(caller);
    return answer(reply, await this.extensions.revise(actorOf(caller), retailerId, path, revisionOf(body), ifMatch));
  }

  @Delete(':path')
  @Access('retailer', 'retailer.manage')
  @RateLimit('extensions', CHANGES)
  @Operation({
    id: 'deprecateOwnAttribute',
    tag,
    summary: 'Deprecates an attribute of your own.',
    description: 'Nothing new is said about it. What customers have stated stays, and so does their consent.',
    ok: { status: 200, type: ExtensionDto, description: 'The attribute.', example: extensionExample, headers },
    errors: [ExtensionNotFoundError],
  })
  async deprecate(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Param('path') path: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExtensionDto> {
    const { retailerId } = ofItsOwn(caller);
    return answer(reply, await this.extensions.deprecate(actorOf(caller), retailerId, path));
  }
}

function answer(reply: FastifyReply, extension: VocabularyExtension): ExtensionDto {
  void reply.header('etag', extensionEtag(extension));
  return ExtensionDto.of(extension);
}
