import { ApiProperty } from '@nestjs/swagger';

import { signInMethods } from '../platform/http/access.js';
import { openCode } from '../platform/http/extensible.js';
import type { Page } from '../platform/http/paging.js';
import type { OpenSession } from './sessions.service.js';

export class SessionDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'Whether it is the one that asks.' }) current!: boolean;
  @ApiProperty({ type: 'string', nullable: true, description: 'What the program that signed in called itself.' })
  device!: string | null;
  @ApiProperty({ format: 'date-time' }) signed_in_at!: string;
  @ApiProperty(openCode(signInMethods)) signed_in_with!: string;
  @ApiProperty({ format: 'date-time', description: 'Noted at most once a minute.' }) last_used_at!: string;
  @ApiProperty({ format: 'date-time', description: 'The latest end; 12 hours without use end it earlier.' })
  expires_at!: string;

  static of(session: OpenSession, currentId: string | undefined): SessionDto {
    return Object.assign(new SessionDto(), {
      id: session.id,
      current: session.id === currentId,
      device: session.device,
      signed_in_at: session.signedInAt.toISOString(),
      signed_in_with: session.signedInWith,
      last_used_at: session.lastUsedAt.toISOString(),
      expires_at: session.expiresAt.toISOString(),
    });
  }

  static page({ items, next_cursor }: Page<OpenSession>, currentId: string | undefined): Page<SessionDto> {
    return { items: items.map((session) => SessionDto.of(session, currentId)), next_cursor };
  }
}
