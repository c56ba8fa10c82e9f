import { ApiProperty } from '@nestjs/swagger';
import { IsObject } from 'class-validator';

import type { Page } from '../platform/http/paging.js';
import { readNewPasskey } from '../platform/webauthn/credential-json.js';
import { newPasskeyExample } from '../platform/webauthn/examples.js';
import type { PasskeyRecord, PasskeysService } from './passkeys.service.js';
import { IsDisplayText } from './text.js';

const LONGEST_NAME = 80;

export class NewPasskeyDto {
  @ApiProperty({ description: 'What the customer calls it.', minLength: 1, maxLength: LONGEST_NAME, example: 'Phone' })
  @IsDisplayText(LONGEST_NAME)
  name!: string;

  @ApiProperty({
    description:
      'What `navigator.credentials.create()` gave, as its `toJSON()` writes it (RegistrationResponseJSON). Members that ' +
      'are not needed are passed over.',
    type: 'object',
    additionalProperties: true,
    example: newPasskeyExample,
  })
  @IsObject()
  credential!: object;

  toPasskey(): Parameters<PasskeysService['add']>[1] {
    return { name: this.name, credential: readNewPasskey(this.credential, '/credential') };
  }
}

export class PasskeyDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ description: 'Whether it is on other devices of the customer’s, too.' }) synced!: boolean;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, description: 'Null until it is used.' })
  last_used_at!: string | null;

  static of({ id, name, synced, createdAt, lastUsedAt }: PasskeyRecord): PasskeyDto {
    return Object.assign(new PasskeyDto(), {
      id,
      name,
      synced,
      created_at: createdAt.toISOString(),
      last_used_at: lastUsedAt?.toISOString() ?? null,
    });
  }

  static page({ items, next_cursor }: Page<PasskeyRecord>): Page<PasskeyDto> {
    return { items: items.map((passkey) => PasskeyDto.of(passkey)), next_cursor };
  }
}
