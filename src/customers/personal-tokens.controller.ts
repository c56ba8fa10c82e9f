import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';

import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto, PageQuery } from '../platform/http/paging.js';
import { RecentSignInRequiredError } from '../platform/http/recent-sign-in.js';
import { UuidParam } from '../platform/http/validation.js';
import { PersonalTokenNotFoundError, TooManyTokensError } from './customers.errors.js';
import { personalToken, tokenId } from './examples.js';
import { MadePersonalTokenDto, NewPersonalTokenDto, PersonalTokenDto } from './personal-tokens.dto.js';
import { PersonalTokensService } from './personal-tokens.service.js';

const tag = 'Personal tokens (customer)';

const example = {
  id: tokenId,
  name: 'home server',
  scopes: ['preferences.read', 'disclosures.read'],
  created_at: '2026-11-22T09:33:00.000Z',
  last_used_at: null,
  expires_at: '2027-02-01T00:00:00.000Z',
};

/** Tokens for the customer's own programs. */
@Controller('v1/me/tokens')
export class PersonalTokensController {
  constructor(private readonly tokens: PersonalTokensService) {}

  @Post()
  @Access('customer', 'account')
  @Operation({
    id: 'makePersonalToken',
    tag,
    summary: 'Make a token for a program of mine',
    description: 'Needs a sign-in of the last five minutes: the token outlives the session, and a new password.',
    ok: {
      status: 201,
      type: MadePersonalTokenDto,
      description: 'The token, shown this once.',
      example: { ...example, token: personalToken },
    },
    errors: [RecentSignInRequiredError, TooManyTokensError],
  })
  async make(
    @CurrentCustomer() principal: CustomerPrincipal,
    @Body() body: NewPersonalTokenDto,
  ): Promise<MadePersonalTokenDto> {
    return MadePersonalTokenDto.of(await this.tokens.make(principal, body.toToken()));
  }

  @Get()
  @Access('customer', 'account')
  @Operation({
    id: 'listPersonalTokens',
    tag,
    summary: 'My programs’ tokens',
    ok: {
      status: 200,
      type: PageDto(PersonalTokenDto),
      description: 'The valid tokens, newest first, without the tokens themselves.',
      example: { items: [example], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  async list(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Query() query: PageQuery,
  ): Promise<Page<PersonalTokenDto>> {
    return PersonalTokenDto.page(await this.tokens.list(customer, query));
  }

  @Delete(':id')
  @Access('customer', 'account')
  @Operation({
    id: 'revokePersonalToken',
    tag,
    summary: 'Revoke a token of a program of mine',
    ok: { status: 204, description: 'The token is worth nothing from now on.' },
    errors: [PersonalTokenNotFoundError],
  })
  revoke(@CurrentCustomer() { customer }: CustomerPrincipal, @UuidParam('id') id: string): Promise<void> {
    return this.tokens.revoke(customer, id);
  }
}
