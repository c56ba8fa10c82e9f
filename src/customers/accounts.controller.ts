import { Body, Controller, Post, Req } from '@nestjs/common';
import { getSchemaPath } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { Access } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { passkeyExample } from '../platform/webauthn/examples.js';
import { RecoveredDto, RecoveryDto, RegisteredDto, RegistrationDto, SignedInDto } from './accounts.dto.js';
import { CredentialsService } from './credentials.service.js';
import { EmailTakenError, PasskeyRefusedError, RecoveryRefusedError, SignInRefusedError } from './customers.errors.js';
import { CustomersService } from './customers.service.js';
import { customerId, issuedSession, recoveryCodes } from './examples.js';
import { PasskeysService } from './passkeys.service.js';
import type { SignInContext } from './sessions.service.js';
import { SignInDto } from './sign-in.dto.js';

const tag = 'Account (customer)';

/** The ways in, for those who are not signed in yet. */
@Controller('v1')
export class AccountsController {
  constructor(
    private readonly customers: CustomersService,
    private readonly credentials: CredentialsService,
    private readonly passkeys: PasskeysService,
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
    description:
      'With address and password, or with a passkey. Begins a session: 12 hours without use end it, and 30 days at the ' +
      'latest.',
    ok: {
      status: 201,
      type: SignedInDto,
      description: 'The session and its token.',
      example: { customer_id: customerId, ...issuedSession },
    },
    errors: [SignInRefusedError, PasskeyRefusedError],
    body: {
      content: {
        'application/json': {
          schema: { $ref: getSchemaPath(SignInDto) },
          examples: {
            password: { value: { email: 'mira@example.org', password: 'three geese over the canal' } },
            passkey: { value: { passkey: passkeyExample } },
          },
        },
      },
    },
  })
  async signIn(@Body() body: SignInDto, @Req() request: FastifyRequest): Promise<SignedInDto> {
    const given = body.toSignIn();
    const context = contextOf(request);
    return SignedInDto.of(
      'passkey' in given
        ? await this.passkeys.signIn(given, context)
        : await this.customers.signIn(given.email, given.password, context),
    );
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
