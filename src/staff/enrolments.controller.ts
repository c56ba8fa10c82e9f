import { Body, Controller, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Access } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { creationOptionsExample } from '../platform/webauthn/examples.js';
import { PasskeyCreationOptionsDto } from '../platform/webauthn/options.dto.js';
import { EnrolmentTokenDto, FactorConfirmationDto } from './enrolment.dto.js';
import { EnrolmentsService } from './enrolments.service.js';
import { IssuedStaffSessionDto } from './staff.dto.js';
import { EnrolmentNotValidError, SecondFactorNotConfirmedError } from './staff.errors.js';
import { issuedStaffSession } from './staff.examples.js';

const tag = 'Staff';

/** How operators and auditors set up their second factor. */
@Controller('v1/staff/enrolments')
export class EnrolmentsController {
  constructor(private readonly enrolments: EnrolmentsService) {}

  @Post('options')
  @Access('public')
  @Operation({
    id: 'createStaffPasskeyOptions',
    tag,
    summary: 'Begin to set up a passkey as second factor',
    description: 'For those who want a passkey instead of codes: what `navigator.credentials.create()` needs.',
    ok: {
      status: 201,
      type: PasskeyCreationOptionsDto,
      description: 'The options, with a challenge that is good once and for five minutes.',
      example: creationOptionsExample,
    },
    errors: [EnrolmentNotValidError],
  })
  async options(
    @Body() { enrolment_token: token }: EnrolmentTokenDto,
    @Req() { ip }: FastifyRequest,
  ): Promise<PasskeyCreationOptionsDto> {
    return PasskeyCreationOptionsDto.of(await this.enrolments.passkeyOptions(token, ip));
  }

  @Post('confirm')
  @Access('public')
  @Operation({
    id: 'confirmSecondFactor',
    tag,
    summary: 'Confirm the second factor',
    description:
      'With a code of the authenticator app, or a passkey. Whoever was invited is a member from then on, and signed in.',
    ok: {
      status: 201,
      type: IssuedStaffSessionDto,
      description: 'The session and its token.',
      example: issuedStaffSession,
    },
    errors: [EnrolmentNotValidError, SecondFactorNotConfirmedError],
  })
  async confirm(@Body() body: FactorConfirmationDto, @Req() { ip }: FastifyRequest): Promise<IssuedStaffSessionDto> {
    return IssuedStaffSessionDto.of(await this.enrolments.confirm(body.enrolment_token, body.toProof(), ip));
  }
}
