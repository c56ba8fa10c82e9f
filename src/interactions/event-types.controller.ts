import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Config } from '../platform/config/config.js';
import { Access } from '../platform/http/access.js';
import { notModified, strongEtag } from '../platform/http/etag.js';
import { Operation } from '../platform/http/operation.js';
import { eventSchemaOf } from './event-documents.js';
import type { EventType } from './event-type.js';
import { eventTypes } from './event-types.js';
import { EventTypeDto, EventTypesDto } from './event-types.dto.js';
import { EventTypeNotFoundError } from './interactions.errors.js';
import { exampleOf } from './interactions.examples.js';

const PATH = '/v1/event-types';
const CACHING = 'public, max-age=3600';
const SCHEMA = 'application/schema+json';
const tag = 'Interactions (retailer)';
const headers = {
  ETag: { description: 'Send it as If-None-Match to learn whether anything has changed.' },
  'Cache-Control': { description: 'May be kept by anyone.', example: CACHING },
};
const notChanged = { status: 304, description: 'The caller has it already.', headers };
const [first] = eventTypes as readonly [EventType, ...EventType[]];

interface Answer {
  readonly json: string;
  readonly etag: string;
}

/** What can be reported, for whoever builds or checks events. */
@Controller('v1/event-types')
export class EventTypesController {
  // The same for everyone, and some of it large: written once.
  private readonly list: Answer;
  private readonly schemas: ReadonlyMap<string, Answer>;

  constructor({ issuer }: Config) {
    const addressOf = ({ name }: EventType) => `${issuer}${PATH}/${name}`;
    this.list = asAnswer({ items: eventTypes.map((type) => EventTypeDto.of(type, addressOf(type))) });
    this.schemas = new Map(
      eventTypes.map((type) => {
        const schema = {
          $schema: 'https://json-schema.org/draft/2020-12/schema',
          $id: addressOf(type),
          ...eventSchemaOf(type),
          examples: [exampleOf(type)],
        };
        return [type.name, asAnswer(schema)];
      }),
    );
  }

  @Get()
  @Access('public')
  @Operation({
    id: 'listEventTypes',
    tag,
    summary: 'The kinds of event that can be reported',
    description:
      'Each with an example and the address of its JSON Schema. A kind only grows: what is valid today stays valid.',
    ok: {
      status: 200,
      type: EventTypesDto,
      description: 'All of them.',
      headers,
      example: { items: [EventTypeDto.of(first, `https://ccx.example${PATH}/${first.name}`)] },
    },
    more: [notChanged],
    errors: [],
  })
  listEventTypes(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string | undefined {
    return answer(this.list, 'application/json', request, reply);
  }

  @Get(':name')
  @Access('public')
  @Operation({
    id: 'getEventType',
    tag,
    summary: 'The JSON Schema of a kind of event',
    description:
      'JSON Schema 2020-12 of the whole event, around the data and the data: exactly what `POST /v1/interactions` ' +
      'checks. It stands by itself.',
    ok: {
      status: 200,
      description: 'The schema.',
      contentType: SCHEMA,
      schema: { type: 'object' },
      headers,
      example: { $schema: 'https://json-schema.org/draft/2020-12/schema', title: first.name },
    },
    more: [notChanged],
    errors: [EventTypeNotFoundError],
  })
  getEventType(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string | undefined {
    const schema = this.schemas.get(name);
    if (!schema) throw new EventTypeNotFoundError(name);
    return answer(schema, SCHEMA, request, reply);
  }
}

function asAnswer(value: object): Answer {
  const json = JSON.stringify(value);
  return { json, etag: strongEtag(json) };
}

function answer(
  { json, etag }: Answer,
  contentType: string,
  request: FastifyRequest,
  reply: FastifyReply,
): string | undefined {
  void reply.header('cache-control', CACHING);
  if (notModified(request, reply, etag)) return undefined;
  void reply.type(contentType);
  return json;
}
