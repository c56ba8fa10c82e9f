import { Body, Controller, Get, Post, Query } from '@nestjs/common';

import { SigningKeyTooNewError } from '../platform/crypto/signing-keys.errors.js';
import { Access, actorOf, CurrentStaff, type StaffPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto, PageQuery } from '../platform/http/paging.js';
import { KeyRotation } from './key-rotation.service.js';
import { KeyRotationDto, RotatedKeysDto, SigningKeyDto } from './keys.dto.js';

const tag = 'Keys (operator)';

const current = {
  kid: 'PDjqlslWMt2fJ0nq6v2wQ0f4r8xR1o3yqk9hVw5cT7E',
  use: 'token',
  status: 'current',
  created_at: '2026-08-24T09:00:00.000Z',
  usable_from: null,
  activated_at: '2026-11-22T09:00:00.000Z',
  retired_at: null,
  revoked_at: null,
};
const next = {
  ...current,
  kid: 'kQ3vX0q9TnB7sLw2yJdRc6hPmUo5eAf8iGtK1xVbQ4E',
  status: 'next',
  created_at: '2026-11-22T09:00:00.000Z',
  usable_from: '2026-11-22T09:10:00.000Z',
  activated_at: null,
};
const retired = {
  ...current,
  kid: 'Zk0aW8pQ4cN1rT6uY3sB5xD7eF9gH2jK4lM6nP8qR0s',
  status: 'retired',
  created_at: '2026-05-26T09:00:00.000Z',
  activated_at: '2026-08-24T09:00:00.000Z',
  retired_at: '2026-11-22T09:00:00.000Z',
};

/** The keys with which this service signs. */
@Controller('v1/admin/keys')
export class KeysController {
  constructor(private readonly rotation: KeyRotation) {}

  @Get()
  @Access('operator')
  @Operation({
    id: 'listSigningKeys',
    tag,
    summary: 'Lists the keys that sign tokens and receipts, newest first.',
    description: 'Their public parts are at `/oauth/jwks`.',
    ok: {
      status: 200,
      type: PageDto(SigningKeyDto),
      description: 'One page of keys.',
      example: { items: [next, current, retired], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  async list(@Query() query: PageQuery): Promise<Page<SigningKeyDto>> {
    const { items, next_cursor } = await this.rotation.list(query);
    return { items: items.map((key) => SigningKeyDto.of(key)), next_cursor };
  }

  @Post('rotate')
  @Access('operator')
  @Operation({
    id: 'rotateSigningKeys',
    tag,
    summary: 'Lets the next key sign from now on.',
    description:
      'Nothing that was signed before is affected, and clients need do nothing. With `emergency`, the keys in use are ' +
      'revoked: access tokens signed with them are refused within seconds, and clients refresh them; receipts signed ' +
      'with them then count with their entry in the log only.',
    ok: {
      status: 200,
      type: RotatedKeysDto,
      description: 'The key that signs now, the one after it, and what it replaced.',
      example: { current, next, ended: [retired] },
    },
    errors: [SigningKeyTooNewError],
  })
  async rotate(
    @CurrentStaff() staff: StaffPrincipal,
    @Body() { use, emergency }: KeyRotationDto,
  ): Promise<RotatedKeysDto> {
    return RotatedKeysDto.of(await this.rotation.rotate(actorOf(staff), use, { emergency }));
  }
}
