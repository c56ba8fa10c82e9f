import { Body, Controller, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Access } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { RecoveredDto, RecoveryDto, RegisteredDto, RegistrationDto, SignedInDto, SignInDto } from './accounts.dto.js';
import { CredentialsService } from './credentials.service.js';
import { EmailTakenError, RecoveryRefusedError, SignInRefusedError } from './customers.errors.js';
import { CustomersService } from './customers.service.js';
import { customerId, issuedSession, recoveryCodes } from './examples.js';
import type { SignInContext } from './sessions.service.js';

const tag = 'Account (customer)';

/** The ways in, for those who are not signed in yet. */
@Controller('v1')
export class AccountsController {
  constructor(
    private readonly customers: CustomersService,
    private readonly credentials: CredentialsService,
  ) {}

  @Post('customers')
  @Access('public')
  @Operation({
    id: 'registerCustomer',
    tag,
    summary: 'Register',
    description:
      'Makes an account and signs in. CCX sends no mail: the recovery codes are the only way back in when the password ' +
      'is lost.',
    ok: {
      status: 201,
      type: RegisteredDto,
      description: 'The account, a first session and a set of recovery codes.',
      example: { customer_id: customerId, session: issuedSession, recovery_codes: recoveryCodes },
    },
    errors: [EmailTakenError],
  })
  async register(@Body() body: RegistrationDto, @Req() request: FastifyRequest): Promise<RegisteredDto> {
    return RegisteredDto.of(await this.customers.register(body.toRegistration(), contextOf(request)));
  }

  @Post('sessions')
  @Access('public')
  @Operation({
    id: 'createSession',
    tag,
    summary: 'Sign in',
    description: 'Begins a session: 12 hours without use end it, and 30 days at the latest.',
    ok: {
      status: 201,
      type: SignedInDto,
      description: 'The session and its token.',
      example: { customer_id: customerId, ...issuedSession },
    },
    errors: [SignInRefusedError],
  })
  async signIn(@Body() { email, password }: SignInDto, @Req() request: FastifyRequest): Promise<SignedInDto> {
    return SignedInDto.of(await this.customers.signIn(email, password, contextOf(request)));
  }

  @Post('recoveries')
  @Access('public')
  @Operation({
    id: 'recoverAccount',
    tag,
    summary: 'Set a new password with a recovery code',
    description: 'Spends the code, ends every session and begins a new one. Personal tokens stay valid.',
    ok: {
      status: 201,
      type: RecoveredDto,
      description: 'A new session; the password is changed.',
      example: { customer_id: customerId, session: issuedSession, recovery_codes_left: 9 },
    },
    errors: [RecoveryRefusedError],
  })
  async recover(@Body() body: RecoveryDto, @Req() request: FastifyRequest): Promise<RecoveredDto> {
    return RecoveredDto.of(await this.credentials.recover(body.toRecovery(), contextOf(request)));
  }
}

function contextOf({ ip, headers }: FastifyRequest): SignInContext {
  return { address: ip, userAgent: headers['user-agent'] };
}
