import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEmail, IsOptional, IsString, MaxLength } from 'class-validator';

import { Omittable } from '../platform/http/omittable.js';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../platform/passwords/password-rules.js';
import type { Recovery } from './credentials.service.js';
import type { ProfileChange, Registered, Registration } from './customers.service.js';
import { recoveryCodes, sessionToken } from './examples.js';
import type { Profile } from './profile.js';
import type { IssuedSession } from './sessions.service.js';
import { IsDisplayText, IsLanguageTag } from './text.js';

export const LONGEST_EMAIL = 254; // RFC 5321 §4.5.3.1.3, as corrected by erratum 1690
const LONGEST_NAME = 100;

export const IsAddress = () => IsEmail({}, { message: '$property must be an e-mail address' });

export class RegistrationDto {
  @ApiProperty({ format: 'email', maxLength: LONGEST_EMAIL, example: 'mira@example.org' })
  @IsAddress()
  email!: string;

  @ApiProperty({
    description: 'Anything of this length, except the address itself and what everybody would try first.',
    minLength: SHORTEST_PASSWORD,
    maxLength: LONGEST_PASSWORD,
    example: 'three geese over the canal',
  })
  @IsString()
  password!: string;

  @ApiPropertyOptional({
    description: 'The language in which CCX addresses the customer (BCP 47).',
    default: 'en',
    maxLength: 35,
    example: 'de',
  })
  @IsLanguageTag()
  @Omittable()
  language?: string;

  @ApiPropertyOptional({
    description: 'What CCX calls the customer. No retailer sees it.',
    type: 'string',
    nullable: true,
    minLength: 1,
    maxLength: LONGEST_NAME,
    example: 'Mira',
  })
  @IsDisplayText(LONGEST_NAME)
  @IsOptional()
  display_name?: string | null;

  toRegistration(): Registration {
    const { email, password, language, display_name: displayName } = this;
    return { email, password, language, displayName };
  }
}

export class RecoveryDto {
  @ApiProperty({ format: 'email', maxLength: LONGEST_EMAIL, example: 'mira@example.org' })
  @IsAddress()
  email!: string;

  @ApiProperty({
    description: 'One of the recovery codes, in any case, with or without dashes. It is spent by this.',
    maxLength: 64,
    example: recoveryCodes[0],
  })
  @IsString()
  @MaxLength(64)
  code!: string;

  @ApiProperty({ minLength: SHORTEST_PASSWORD, maxLength: LONGEST_PASSWORD, example: 'no geese over any canal' })
  @IsString()
  new_password!: string;

  toRecovery(): Recovery {
    return { email: this.email, code: this.code, newPassword: this.new_password };
  }
}

/** A session that has just begun. */
export class IssuedSessionDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({
    description: 'Shown this once. Send it as `Authorization: Bearer`.',
    example: sessionToken,
  })
  token!: string;
  @ApiProperty({ format: 'date-time', description: 'The latest end; 12 hours without use end it earlier.' })
  expires_at!: string;

  static of({ id, token, expiresAt }: IssuedSession): IssuedSessionDto {
    return Object.assign(new IssuedSessionDto(), { id, token, expires_at: expiresAt.toISOString() });
  }
}

export class SignedInDto extends IssuedSessionDto {
  @ApiProperty({ format: 'uuid' }) customer_id!: string;

  static override of(session: IssuedSession): SignedInDto {
    const { customerId } = session.customer;
    return Object.assign(new SignedInDto(), { customer_id: customerId, ...IssuedSessionDto.of(session) });
  }
}

export class RegisteredDto {
  @ApiProperty({ format: 'uuid' }) customer_id!: string;
  @ApiProperty({ type: IssuedSessionDto }) session!: IssuedSessionDto;
  @ApiProperty({
    type: [String],
    description: 'Shown this once. Each opens the account one time when the password is lost; keep them on paper.',
    example: recoveryCodes,
  })
  recovery_codes!: string[];

  static of({ customer, session, recoveryCodes: codes }: Registered): RegisteredDto {
    return Object.assign(new RegisteredDto(), {
      customer_id: customer.customerId,
      session: IssuedSessionDto.of(session),
      recovery_codes: codes,
    });
  }
}

export class RecoveredDto {
  @ApiProperty({ format: 'uuid' }) customer_id!: string;
  @ApiProperty({ type: IssuedSessionDto }) session!: IssuedSessionDto;
  @ApiProperty({ type: 'integer', description: 'How many recovery codes are left.', example: 9 })
  recovery_codes_left!: number;

  static of({ session, codesLeft }: { session: IssuedSession; codesLeft: number }): RecoveredDto {
    return Object.assign(new RecoveredDto(), {
      customer_id: session.customer.customerId,
      session: IssuedSessionDto.of(session),
      recovery_codes_left: codesLeft,
    });
  }
}

export class ProfileDto {
  @ApiProperty({ format: 'uuid' }) customer_id!: string;
  @ApiProperty({ format: 'email' }) email!: string;
  @ApiProperty({ type: 'string', nullable: true }) display_name!: string | null;
  @ApiProperty({ description: 'BCP 47.' }) language!: string;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
  @ApiProperty({ format: 'date-time' }) updated_at!: string;

  static of({ customerId, email, displayName, language, createdAt, updatedAt }: Profile): ProfileDto {
    return Object.assign(new ProfileDto(), {
      customer_id: customerId,
      email,
      display_name: displayName,
      language,
      created_at: createdAt.toISOString(),
      updated_at: updatedAt.toISOString(),
    });
  }
}

export class ProfileChangeDto {
  @ApiPropertyOptional({ description: 'BCP 47.', maxLength: 35, example: 'de-AT' })
  @IsLanguageTag()
  @Omittable()
  language?: string;

  @ApiPropertyOptional({
    description: 'Null takes it away.',
    type: 'string',
    nullable: true,
    minLength: 1,
    maxLength: LONGEST_NAME,
    example: 'Mira K.',
  })
  @IsDisplayText(LONGEST_NAME)
  @IsOptional()
  display_name?: string | null;

  toChange(): ProfileChange {
    return { language: this.language, displayName: this.display_name };
  }
}

export class PasswordChangeDto {
  @ApiProperty({ maxLength: LONGEST_PASSWORD, example: 'three geese over the canal' })
  @IsString()
  current_password!: string;

  @ApiProperty({ minLength: SHORTEST_PASSWORD, maxLength: LONGEST_PASSWORD, example: 'no geese over any canal' })
  @IsString()
  new_password!: string;
}

export class RecoveryCodesRequestDto {
  @ApiProperty({ maxLength: LONGEST_PASSWORD, example: 'three geese over the canal' })
  @IsString()
  current_password!: string;
}

export class RecoveryCodesDto {
  @ApiProperty({ type: [String], description: 'Shown this once. Older codes are worth nothing now.' })
  recovery_codes!: string[];

  static of(codes: string[]): RecoveryCodesDto {
    return Object.assign(new RecoveryCodesDto(), { recovery_codes: codes });
  }
}
