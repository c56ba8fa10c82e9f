import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsString, Matches, MaxLength } from 'class-validator';

import { InvalidRequestError } from '../platform/errors.js';
import { Omittable } from '../platform/http/omittable.js';
import { readNewPasskey } from '../platform/webauthn/credential-json.js';
import { newPasskeyExample } from '../platform/webauthn/examples.js';
import type { Enrolment } from './enrolments.service.js';
import type { NewFactorProof } from './staff-factors.service.js';
import { TOTP_CODE } from './totp.js';

export const enrolmentExample = {
  token: 'ccx_se_Uq2vX0q9TnB7sLw2yJdRc6hPmUo5eAf8iGtK1xVbQ4E',
  expires_at: '2026-11-22T09:45:00.000Z',
  totp: {
    secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    uri:
      'otpauth://totp/CCX:auditor%40example.net?issuer=CCX&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' +
      '&algorithm=SHA1&digits=6&period=30',
  },
};

export class TotpDto {
  @ApiProperty({ description: 'To be typed into an authenticator app (RFC 6238), in base32.' }) secret!: string;
  @ApiProperty({ description: 'The same as such apps read it; show it as a QR code.' }) uri!: string;
}

export class EnrolmentDto {
  @ApiProperty({ description: 'Shown this once.' }) token!: string;
  @ApiProperty({ format: 'date-time' }) expires_at!: string;
  @ApiProperty({ type: TotpDto }) totp!: TotpDto;

  static of({ token, expiresAt, totp }: Enrolment): EnrolmentDto {
    return Object.assign(new EnrolmentDto(), { token, expires_at: expiresAt.toISOString(), totp });
  }
}

export class EnrolmentTokenDto {
  @ApiProperty({ maxLength: 100, example: enrolmentExample.token })
  @IsString()
  @MaxLength(100)
  enrolment_token!: string;
}

/** A code of an authenticator app. */
export const IsCode = () => Matches(TOTP_CODE, { message: '$property must be the six digits that the app shows' });

/** Either a code or a passkey. */
export class FactorConfirmationDto extends EnrolmentTokenDto {
  @ApiPropertyOptional({
    description: 'What the authenticator app shows.',
    pattern: TOTP_CODE.source,
    example: '287082',
  })
  @IsCode()
  @Omittable()
  code?: string;

  @ApiPropertyOptional({
    description:
      'Instead of a code: what `navigator.credentials.create()` gave for the options of ' +
      '`POST /v1/staff/enrolments/options`, as its `toJSON()` writes it.',
    type: 'object',
    additionalProperties: true,
    example: newPasskeyExample,
  })
  @IsObject()
  @Omittable()
  passkey?: object;

  /** @throws InvalidRequestError when there is neither or both, or the passkey is none */
  toProof(): NewFactorProof {
    const { code, passkey } = this;
    if ((code === undefined) === (passkey === undefined)) {
      throw new InvalidRequestError([{ pointer: '/code', detail: 'or /passkey must be there, and not both' }]);
    }
    return passkey === undefined ? { code } : { passkey: readNewPasskey(passkey, '/passkey') };
  }
}
