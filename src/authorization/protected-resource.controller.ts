import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { Config } from '../platform/config/config.js';
import { Access } from '../platform/http/access.js';
import { PROTECTED_RESOURCE_PATH } from '../platform/http/challenge.js';
import { Operation } from '../platform/http/operation.js';
import { ProtectedResourceDto } from './protected-resource.dto.js';

/** What a client of a retailer learns of this API before it has any token (RFC 9728). */
@Controller(PROTECTED_RESOURCE_PATH)
export class ProtectedResourceController {
  constructor(private readonly config: Config) {}

  @Get()
  @Access('public')
  @Operation({
    id: 'getProtectedResourceMetadata',
    tag: 'OAuth',
    summary: 'What this API is to OAuth, and who issues its tokens (RFC 9728)',
    description: 'Each 401 and each 403 for want of a scope on a retailer’s route leads here, by `resource_metadata`.',
    ok: {
      status: 200,
      type: ProtectedResourceDto,
      description: 'The metadata.',
      example: ProtectedResourceDto.of('https://ccx.example', 'strict'),
    },
    errors: [],
  })
  get(@Res({ passthrough: true }) reply: FastifyReply): ProtectedResourceDto {
    // Other origins may read what is public.
    void reply.headers({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'public, max-age=300',
    });
    return ProtectedResourceDto.of(this.config.issuer, this.config.OAUTH_PROFILE);
  }
}
