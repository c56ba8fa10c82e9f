import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Access, CurrentCustomer, type CustomerPrincipal, Delegable } from '../platform/http/access.js';
import { answerLanguage } from '../platform/http/language.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError } from '../platform/http/paging.js';
import { RetailerNotFoundError } from '../retailers/retailers.errors.js';
import { choicesExample } from './choices.example.js';
import { ChoicesDto, ChoicesQuery } from './choices.dto.js';
import { ChoicesService } from './choices.service.js';

/** For customers: what can be set here, what holds now and why, and what comes of it. */
@Controller('v1/me/choices')
export class ChoicesController {
  constructor(private readonly choices: ChoicesService) {}

  @Get()
  @Access('customer', 'preferences.read')
  @Delegable()
  @Operation({
    id: 'listChoices',
    tag: 'Preferences (customer)',
    summary: 'What I can set here, and what comes of it',
    description:
      'Every attribute that may matter at this touchpoint, or all of them: what it may say, what holds now and why, ' +
      'and what holds when you say nothing. With `retailer` also whether that retailer gets it, what it declares to do ' +
      'with it and what it said of honouring it; its own attributes are then among them. Texts come in the language ' +
      'that you ask for: English or German.',
    ok: {
      status: 200,
      type: ChoicesDto,
      description: 'A page of choices.',
      headers: { 'Content-Language': { description: 'The language of the texts.', example: 'en' } },
      example: choicesExample,
    },
    errors: [RetailerNotFoundError, InvalidCursorError],
  })
  async listChoices(
    @CurrentCustomer() principal: CustomerPrincipal,
    @Query() query: ChoicesQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChoicesDto> {
    const language = answerLanguage(request, reply);
    const { customer, delegation } = principal;
    return ChoicesDto.of(await this.choices.list(customer, query.toQuestion(), query, delegation), language);
  }
}
