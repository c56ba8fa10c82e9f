import { Body, Controller, Get, Post, Query } from '@nestjs/common';

import { SigningKeyTooNewError } from '../platform/crypto/signing-keys.errors.js';
import { Access, actorOf, CurrentStaff, type StaffPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto, PageQuery } from '../platform/http/paging.js';
import { LongJobDto } from '../platform/http/long-job.dto.js';
import { UuidParam } from '../platform/http/validation.js';
import { LongJobNotFoundError } from '../platform/jobs/long-jobs.errors.js';
import { KeyRotation } from './key-rotation.service.js';
import { KeyRotationDto, RotatedKeysDto, SigningKeyDto } from './keys.dto.js';
import { Rewrapping } from './rewrap.service.js';

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

const rewrapped = {
  id: '0199e6a0-4d55-7b3a-9c21-5f0a7d3c1b42',
  kind: 'keys.rewrap',
  status: 'succeeded',
  progress: { done: 24_118, total: 24_118 },
  result: { kek: '5d0e1c7a9b3f2846', rewrapped: 24_118, remaining: 0 },
  errors: [],
  created_at: '2026-11-22T09:00:00.000Z',
  started_at: '2026-11-22T09:00:00.250Z',
  finished_at: '2026-11-22T09:00:31.000Z',
};

/** The keys with which this service signs, and those that it wraps. */
@Controller('v1/admin/keys')
export class KeysController {
  constructor(
    private readonly rotation: KeyRotation,
    private readonly rewrapping: Rewrapping,
  ) {}

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

  @Post('rewrap')
  @Access('operator')
  @Operation({
    id: 'rewrapKeys',
    tag,
    summary: 'Wraps every key anew that an earlier KEK has wrapped.',
    description:
      'For after the KEK was replaced: until it is done, the service needs the earlier one as `CCX_KEK_PREVIOUS`. It ' +
      'goes on beside everything else. Asked for while one is under way, that one is answered. Where `remaining` is not ' +
      '0 in the end, a process wrapped with the earlier KEK meanwhile: give all of them the new one, and ask again.',
    ok: { status: 202, type: LongJobDto, description: 'The job.', example: rewrapped },
    errors: [],
  })
  async rewrap(@CurrentStaff() staff: StaffPrincipal): Promise<LongJobDto> {
    return LongJobDto.of(await this.rewrapping.start(actorOf(staff)));
  }

  @Get('rewrap/:id')
  @Access('operator')
  @Operation({
    id: 'getKeyRewrapping',
    tag,
    summary: 'See how far the rewrapping has come.',
    ok: { status: 200, type: LongJobDto, description: 'The job.', example: rewrapped },
    errors: [LongJobNotFoundError],
  })
  async rewrapJob(@UuidParam('id') id: string): Promise<LongJobDto> {
    return LongJobDto.of(await this.rewrapping.job(id));
  }
}
