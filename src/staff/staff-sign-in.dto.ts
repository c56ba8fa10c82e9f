import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsString } from 'class-validator';

import { InvalidRequestError } from '../platform/errors.js';
import { Omittable } from '../platform/http/omittable.js';
import { LONGEST_PASSWORD } from '../platform/passwords/password-rules.js';
import { readPasskeyAnswer } from '../platform/webauthn/credential-json.js';
import { IsCode } from './enrolment.dto.js';
import type { StaffSignIn } from './staff-sign-in.service.js';
import { IsAddress, LONGEST_EMAIL } from './staff.dto.js';
import { TOTP_CODE } from './totp.js';

/** Address and password, and either a code or a passkey. */
export class StaffSignInDto {
  @ApiProperty({ format: 'email', maxLength: LONGEST_EMAIL, example: 'auditor@example.net' })
  @IsAddress()
  email!: string;

  @ApiProperty({ maxLength: LONGEST_PASSWORD, example: 'every entry, twice over' })
  @IsString()
  password!: string;

  @ApiPropertyOptional({
    description: 'What the authenticator app shows. Each code is good once.',
    pattern: TOTP_CODE.source,
    example: '287082',
  })
  @IsCode()
  @Omittable()
  code?: string;

  @ApiPropertyOptional({
    description:
      'Instead of a code: what `navigator.credentials.get()` gave for the options of `POST /v1/passkeys/options`, as ' +
      'its `toJSON()` writes it.',
    type: 'object',
    additionalProperties: true,
  })
  @IsObject()
  @Omittable()
  passkey?: object;

  /** @throws InvalidRequestError when there are both, or the passkey is none */
  toSignIn(): StaffSignIn {
    const { email, password, code, passkey } = this;
    if (passkey === undefined) return { email, password, code };
    if (code !== undefined) {
      throw new InvalidRequestError([{ pointer: '/code', detail: 'must not stand beside a passkey' }]);
    }
    return { email, password, passkey: readPasskeyAnswer(passkey, '/passkey') };
  }
}
