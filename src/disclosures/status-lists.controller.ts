import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { Access } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { UuidParam } from '../platform/http/validation.js';
import { StatusListNotFoundError } from './snapshots.errors.js';
import { STATUS_LIST_TTL_SECONDS, StatusLists } from './status-lists.service.js';

const MEDIA_TYPE = 'application/statuslist+jwt';

/** Which entries of a snapshot still hold: for its tills, and for anybody, since it names nobody. */
@Controller('v1/status-lists')
export class StatusListsController {
  constructor(private readonly lists: StatusLists) {}

  @Get(':id')
  @Access('public')
  @Operation({
    id: 'getStatusList',
    tag: 'Snapshots (retailer)',
    summary: 'Which entries of a snapshot still hold',
    description:
      'A Status List Token (IETF Token Status List), signed with ES256 by a key of `/oauth/jwks`. One bit for each ' +
      'entry: 0 holds, 1 does not, because the consent was withdrawn, paused, changed, has expired or its customer was ' +
      'erased. Which bit is whose stands in the snapshot alone; places that are nobody’s are 1, too.',
    ok: {
      status: 200,
      description: 'The list as it is now.',
      contentType: MEDIA_TYPE,
      schema: { type: 'string' },
      example: 'eyJhbGciOiJFUzI1NiIsInR5cCI6InN0YXR1c2xpc3Qrand0In0.eyJzdGF0dXNfbGlzdCI6eyJiaXRzIjoxfX0.c2lnbmVk',
      headers: {
        'Cache-Control': { description: 'As its `ttl`.', example: `public, max-age=${STATUS_LIST_TTL_SECONDS}` },
        'Access-Control-Allow-Origin': { description: 'Any page may fetch it.', example: '*' },
      },
    },
    errors: [StatusListNotFoundError],
  })
  async get(@UuidParam('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const token = await this.lists.get(id);
    void reply.type(MEDIA_TYPE).headers({
      'cache-control': `public, max-age=${STATUS_LIST_TTL_SECONDS}`,
      'access-control-allow-origin': '*',
    });
    return token;
  }
}
