import { Body, Controller, Get, Headers, Patch, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { PreconditionFailedError, PreconditionRequiredError } from '../platform/errors.js';
import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { notModified } from '../platform/http/etag.js';
import { Operation } from '../platform/http/operation.js';
import { RecentSignInRequiredError } from '../platform/http/recent-sign-in.js';
import {
  PasswordChangeDto,
  ProfileChangeDto,
  ProfileDto,
  RecoveryCodesDto,
  RecoveryCodesRequestDto,
} from './accounts.dto.js';
import { CredentialsService } from './credentials.service.js';
import { WrongPasswordError } from './customers.errors.js';
import { CustomersService } from './customers.service.js';
import { profile, recoveryCodes } from './examples.js';
import { profileEtag } from './profile.js';

const tag = 'Account (customer)';
const etagHeader = {
  ETag: { description: 'The validator of the profile, for If-Match.', example: '"uK0QxSx4oJ7s1hBqSyXc2w"' },
};

/** The signed-in customer's own account. */
@Controller('v1/me')
export class MeController {
  constructor(
    private readonly customers: CustomersService,
    private readonly credentials: CredentialsService,
  ) {}

  @Get()
  @Access('customer', 'account')
  @Operation({
    id: 'getMe',
    tag,
    summary: 'Who I am here',
    ok: { status: 200, type: ProfileDto, description: 'The account.', example: profile, headers: etagHeader },
    more: [{ status: 304, description: 'The account is as the caller knows it.' }],
    errors: [],
  })
  async get(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProfileDto | undefined> {
    const found = await this.customers.profile(customer);
    return notModified(request, reply, profileEtag(found)) ? undefined : ProfileDto.of(found);
  }

  @Patch()
  @Access('customer', 'account')
  @Operation({
    id: 'updateMe',
    tag,
    summary: 'Change language or name',
    description: 'Members that are left out stay as they are.',
    ok: {
      status: 200,
      type: ProfileDto,
      description: 'The account as it is now.',
      example: profile,
      headers: etagHeader,
    },
    errors: [PreconditionRequiredError, PreconditionFailedError],
  })
  async update(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: ProfileChangeDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProfileDto> {
    const changed = await this.customers.update(customer, ifMatch, body.toChange());
    void reply.header('etag', profileEtag(changed));
    return ProfileDto.of(changed);
  }

  @Put('password')
  @Access('customer', 'account')
  @Operation({
    id: 'changePassword',
    tag,
    summary: 'Change the password',
    description:
      'Ends every other session. Personal tokens stay valid. Needs a sign-in of the last five minutes, and the password ' +
      'itself.',
    ok: { status: 204, description: 'The password is changed.' },
    errors: [RecentSignInRequiredError, WrongPasswordError],
  })
  changePassword(
    @CurrentCustomer() principal: CustomerPrincipal,
    @Body() { current_password, new_password }: PasswordChangeDto,
  ): Promise<void> {
    return this.credentials.changePassword(principal, { current: current_password, next: new_password });
  }

  @Post('recovery-codes')
  @Access('customer', 'account')
  @Operation({
    id: 'renewRecoveryCodes',
    tag,
    summary: 'Make new recovery codes',
    description:
      'The codes of the earlier set are worth nothing from then on. Needs a sign-in of the last five minutes, and the ' +
      'password, since a code replaces it.',
    ok: {
      status: 201,
      type: RecoveryCodesDto,
      description: 'The new set.',
      example: { recovery_codes: recoveryCodes },
    },
    errors: [RecentSignInRequiredError, WrongPasswordError],
  })
  async renewRecoveryCodes(
    @CurrentCustomer() principal: CustomerPrincipal,
    @Body() body: RecoveryCodesRequestDto,
  ): Promise<RecoveryCodesDto> {
    return RecoveryCodesDto.of(await this.credentials.renewRecoveryCodes(principal, body.current_password));
  }
}
