import { Controller, Delete, Get, Query } from '@nestjs/common';

import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto, PageQuery } from '../platform/http/paging.js';
import { UuidParam } from '../platform/http/validation.js';
import { SessionNotFoundError } from './customers.errors.js';
import { sessionId } from './examples.js';
import { SessionDto } from './sessions.dto.js';
import { SessionsService } from './sessions.service.js';

const tag = 'Account (customer)';

/** Where the customer is signed in. */
@Controller('v1/me/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @Access('customer', 'account')
  @Operation({
    id: 'listSessions',
    tag,
    summary: 'Where I am signed in',
    ok: {
      status: 200,
      type: PageDto(SessionDto),
      description: 'The open sessions, newest first.',
      example: {
        items: [
          {
            id: sessionId,
            current: true,
            device: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
            signed_in_at: '2026-11-22T09:30:00.000Z',
            signed_in_with: 'passkey',
            last_used_at: '2026-11-22T10:02:00.000Z',
            expires_at: '2026-12-22T09:30:00.000Z',
          },
        ],
        next_cursor: null,
      },
    },
    errors: [InvalidCursorError],
  })
  async list(
    @CurrentCustomer() { customer, sessionId: current }: CustomerPrincipal,
    @Query() query: PageQuery,
  ): Promise<Page<SessionDto>> {
    return SessionDto.page(await this.sessions.list(customer, query), current);
  }

  @Delete('current')
  @Access('customer', 'account')
  @Operation({
    id: 'signOut',
    tag,
    summary: 'Sign out',
    ok: { status: 204, description: 'The session has ended.' },
    errors: [],
  })
  async signOut(@CurrentCustomer() { customer, sessionId: current }: CustomerPrincipal): Promise<void> {
    if (current) await this.sessions.signOut(customer, current);
  }

  @Delete(':id')
  @Access('customer', 'account')
  @Operation({
    id: 'endSession',
    tag,
    summary: 'Sign out elsewhere',
    ok: { status: 204, description: 'The session has ended.' },
    errors: [SessionNotFoundError],
  })
  end(@CurrentCustomer() { customer }: CustomerPrincipal, @UuidParam('id') id: string): Promise<void> {
    return this.sessions.end(customer, id);
  }
}
