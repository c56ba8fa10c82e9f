import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsString, ValidateIf } from 'class-validator';

import { InvalidRequestError } from '../platform/errors.js';
import { Omittable } from '../platform/http/omittable.js';
import { LONGEST_PASSWORD } from '../platform/passwords/password-rules.js';
import { readPasskeyAnswer } from '../platform/webauthn/credential-json.js';
import { IsAddress, LONGEST_EMAIL } from './accounts.dto.js';
import type { PasskeySignIn } from './passkeys.service.js';

const withPassword = ({ passkey }: SignInDto) => passkey === undefined;

/** Either address and password, or a passkey. */
export class SignInDto {
  @ApiPropertyOptional({
    description: 'Needed beside a password. Beside a passkey it may name the account that is meant.',
    format: 'email',
    maxLength: LONGEST_EMAIL,
    example: 'mira@example.org',
  })
  @ValidateIf((dto: SignInDto) => withPassword(dto) || dto.email !== undefined)
  @IsAddress()
  email?: string;

  @ApiPropertyOptional({ maxLength: LONGEST_PASSWORD, example: 'three geese over the canal' })
  @ValidateIf(withPassword)
  @IsString()
  password?: string;

  @ApiPropertyOptional({
    description:
      'Instead of the password: what `navigator.credentials.get()` gave for the options of `POST /v1/passkeys/options`, ' +
      'as its `toJSON()` writes it (AuthenticationResponseJSON). Members that are not needed are passed over.',
    type: 'object',
    additionalProperties: true,
  })
  @IsObject()
  @Omittable()
  passkey?: object;

  /** @throws InvalidRequestError when there is both, or the passkey is none */
  toSignIn(): { email: string; password: string } | PasskeySignIn {
    const { email = '', password = '' } = this;
    if (this.passkey === undefined) return { email, password };
    if (this.password !== undefined) {
      throw new InvalidRequestError([{ pointer: '/password', detail: 'must not stand beside a passkey' }]);
    }
    return { passkey: readPasskeyAnswer(this.passkey, '/passkey'), email: this.email };
  }
}
