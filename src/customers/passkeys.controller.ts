import { Body, Controller, Delete, Get, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto, PageQuery } from '../platform/http/paging.js';
import { RecentSignInRequiredError } from '../platform/http/recent-sign-in.js';
import { UuidParam } from '../platform/http/validation.js';
import { creationOptionsExample, requestOptionsExample } from '../platform/webauthn/examples.js';
import { PasskeyCreationOptionsDto, PasskeyRequestOptionsDto } from '../platform/webauthn/options.dto.js';
import {
  PasskeyExistsError,
  PasskeyNotFoundError,
  PasskeyNotValidError,
  TooManyPasskeysError,
} from './customers.errors.js';
import { passkey } from './examples.js';
import { NewPasskeyDto, PasskeyDto } from './passkeys.dto.js';
import { PasskeysService } from './passkeys.service.js';

const tag = 'Account (customer)';

/** Signing in without a password. */
@Controller('v1')
export class PasskeysController {
  constructor(private readonly passkeys: PasskeysService) {}

  @Post('passkeys/options')
  @Access('public')
  @Operation({
    id: 'createPasskeyChallenge',
    tag,
    summary: 'Begin to sign in with a passkey',
    description:
      'Answers what `navigator.credentials.get()` needs; its answer goes to `POST /v1/sessions` (or, for staff, to ' +
      '`POST /v1/staff/sessions`). No passkey is named: the authenticator knows which it has.',
    ok: {
      status: 201,
      type: PasskeyRequestOptionsDto,
      description: 'The options, with a challenge that is good once and for five minutes.',
      example: requestOptionsExample,
    },
    errors: [],
  })
  async challenge(@Req() { ip }: FastifyRequest): Promise<PasskeyRequestOptionsDto> {
    return PasskeyRequestOptionsDto.of(await this.passkeys.requestOptions({ address: ip }));
  }

  @Get('me/passkeys')
  @Access('customer', 'account')
  @Operation({
    id: 'listPasskeys',
    tag,
    summary: 'My passkeys',
    ok: {
      status: 200,
      type: PageDto(PasskeyDto),
      description: 'The passkeys that open the account, newest first.',
      example: { items: [passkey], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  async list(@CurrentCustomer() { customer }: CustomerPrincipal, @Query() query: PageQuery): Promise<Page<PasskeyDto>> {
    return PasskeyDto.page(await this.passkeys.list(customer, query));
  }

  @Post('me/passkeys/options')
  @Access('customer', 'account')
  @Operation({
    id: 'createPasskeyOptions',
    tag,
    summary: 'Begin to add a passkey',
    description: 'Answers what `navigator.credentials.create()` needs. Needs a sign-in of the last five minutes.',
    ok: {
      status: 201,
      type: PasskeyCreationOptionsDto,
      description: 'The options, with a challenge that is good once and for five minutes.',
      example: creationOptionsExample,
    },
    errors: [RecentSignInRequiredError],
  })
  async options(@CurrentCustomer() principal: CustomerPrincipal): Promise<PasskeyCreationOptionsDto> {
    return PasskeyCreationOptionsDto.of(await this.passkeys.creationOptions(principal));
  }

  @Post('me/passkeys')
  @Access('customer', 'account')
  @Operation({
    id: 'addPasskey',
    tag,
    summary: 'Add a passkey',
    description: 'Takes what the browser made of the options. Needs a sign-in of the last five minutes.',
    ok: { status: 201, type: PasskeyDto, description: 'The passkey opens the account from now on.', example: passkey },
    errors: [RecentSignInRequiredError, PasskeyNotValidError, PasskeyExistsError, TooManyPasskeysError],
  })
  async add(@CurrentCustomer() principal: CustomerPrincipal, @Body() body: NewPasskeyDto): Promise<PasskeyDto> {
    return PasskeyDto.of(await this.passkeys.add(principal, body.toPasskey()));
  }

  @Delete('me/passkeys/:id')
  @Access('customer', 'account')
  @Operation({
    id: 'removePasskey',
    tag,
    summary: 'Remove a passkey',
    description:
      'It opens the account no longer; sessions go on until they are ended. Needs a sign-in of the last five minutes.',
    ok: { status: 204, description: 'The passkey is removed.' },
    errors: [RecentSignInRequiredError, PasskeyNotFoundError],
  })
  remove(@CurrentCustomer() principal: CustomerPrincipal, @UuidParam('id') id: string): Promise<void> {
    return this.passkeys.remove(principal, id);
  }
}
