import { Body, Controller, Get, Headers, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { PreconditionFailedError, PreconditionRequiredError } from '../platform/errors.js';
import { Operation } from '../platform/http/operation.js';
import { NewRetentionDto, RetentionDto } from './retention.dto.js';
import { RetentionService, type Retention } from './retention.service.js';

const tag = 'Interactions (customer)';
const etagHeader = { ETag: { description: 'Which choice it is, to choose anew.' } };
const example: RetentionDto = {
  interactions: 'P12M',
  longest: 'P36M',
  deleted_before: '2025-11-22T10:00:00.000Z',
};

/** For how long what retailers report is kept. */
@Controller('v1/me/retention')
export class RetentionController {
  constructor(private readonly retentions: RetentionService) {}

  @Get()
  @Access('customer', 'interactions.read')
  @Operation({
    id: 'getRetention',
    tag,
    summary: 'See for how long interactions are kept',
    ok: { status: 200, type: RetentionDto, description: 'The choice.', example, headers: etagHeader },
    errors: [],
  })
  async get(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RetentionDto> {
    return answer(reply, await this.retentions.get(customer));
  }

  @Put()
  @Access('customer', 'interactions.write')
  @Operation({
    id: 'chooseRetention',
    tag,
    summary: 'Choose for how long interactions are kept',
    description:
      'What is older is deleted within an hour, and does not come back by choosing longer, nor by being reported again.',
    ok: { status: 200, type: RetentionDto, description: 'The choice.', example, headers: etagHeader },
    errors: [PreconditionRequiredError, PreconditionFailedError],
  })
  async choose(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: NewRetentionDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RetentionDto> {
    return answer(reply, await this.retentions.choose(customer, ifMatch, body));
  }
}

function answer(reply: FastifyReply, { retention, etag }: Retention): RetentionDto {
  void reply.header('etag', etag);
  return retention;
}
