import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

import { pagePolicy } from './authorization/pages/page-headers.js';
import { Config } from './platform/config/config.js';
import { Access } from './platform/http/access.js';
import { welcomePage } from './welcome.page.js';

/** The front door: says what this is and where to go on, to people and to programs. */
@ApiExcludeController()
@Controller()
export class WelcomeController {
  constructor(private readonly config: Config) {}

  @Get()
  @Access('public')
  welcome(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): object | string {
    void reply.headers({ 'cache-control': 'no-cache', vary: 'Accept' });
    const wanted = new Negotiator(request.raw).mediaType(['application/json', 'text/html']);
    if (wanted !== 'text/html') return directions(this.config.issuer);
    void reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy() });
    return welcomePage(this.config);
  }
}

function directions(issuer: string): object {
  return {
    name: 'CCX',
    description: 'A customer-controlled preference broker',
    openapi: `${issuer}/openapi.json`,
    docs: `${issuer}/docs`,
    oauth: `${issuer}/.well-known/oauth-authorization-server`,
    vocabulary: `${issuer}/v1/vocabularies/ccx-core`,
    retailers: `${issuer}/v1/retailers`,
    problems: `${issuer}/problems`,
  };
}
