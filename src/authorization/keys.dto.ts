import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn } from 'class-validator';

import type { Rotation } from '../platform/crypto/key-ring.js';
import {
  type SigningKey,
  signingKeyStatuses,
  type SigningKeyUse,
  signingKeyUses,
} from '../platform/crypto/signing-key.entity.js';
import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';

const time = { type: 'string', format: 'date-time', nullable: true } as const;

export class KeyRotationDto {
  @ApiProperty({
    description: 'Whose keys: those that sign tokens, or receipts.',
    enum: signingKeyUses,
    example: 'token',
  })
  @IsIn(signingKeyUses)
  use!: SigningKeyUse;

  @ApiPropertyOptional({
    description: 'The keys may have leaked: revoke them now, and with them every access token that they have signed.',
    default: false,
  })
  @IsBoolean()
  @Omittable()
  emergency?: boolean;
}

export class SigningKeyDto {
  @ApiProperty({ description: 'Its id in the published key set: the RFC 7638 thumbprint.' }) kid!: string;
  @ApiProperty(openCode(signingKeyUses)) use!: string;
  @ApiProperty({
    ...openCode(signingKeyStatuses),
    description: 'What is retired still verifies what it has signed; what is revoked does not.',
  })
  status!: string;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
  @ApiProperty({ ...time, description: 'From when on the next key may take over; null for all others.' })
  usable_from!: string | null;
  @ApiProperty(time) activated_at!: string | null;
  @ApiProperty(time) retired_at!: string | null;
  @ApiProperty(time) revoked_at!: string | null;

  static of(key: SigningKey): SigningKeyDto {
    return Object.assign(new SigningKeyDto(), {
      kid: key.kid,
      use: key.use,
      status: key.status,
      created_at: key.createdAt.toISOString(),
      usable_from: key.status === 'next' ? key.usableFrom.toISOString() : null,
      activated_at: key.activatedAt?.toISOString() ?? null,
      retired_at: key.retiredAt?.toISOString() ?? null,
      revoked_at: key.revokedAt?.toISOString() ?? null,
    });
  }
}

export class RotatedKeysDto {
  @ApiProperty({ type: SigningKeyDto }) current!: SigningKeyDto;
  @ApiProperty({ type: SigningKeyDto }) next!: SigningKeyDto;
  @ApiProperty({ type: [SigningKeyDto], description: 'Those that do not sign any more.' }) ended!: SigningKeyDto[];

  static of({ current, next, ended }: Rotation): RotatedKeysDto {
    return Object.assign(new RotatedKeysDto(), {
      current: SigningKeyDto.of(current),
      next: SigningKeyDto.of(next),
      ended: ended.map((key) => SigningKeyDto.of(key)),
    });
  }
}
