import { Body, Controller, Delete, Get, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Access, CurrentStaff, type StaffPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { AcceptanceDto, IssuedStaffSessionDto, StaffMemberDto, StaffSessionDto, StaffSignInDto } from './staff.dto.js';
import { InvitationNotValidError, StaffSignInRefusedError } from './staff.errors.js';
import { StaffService } from './staff.service.js';

const tag = 'Staff';

const member = {
  staff_id: '019a9c35-55d1-7e04-8c1f-6b0a9d2e3f47',
  role: 'auditor',
  email: 'auditor@example.net',
  name: 'Ada Reiter, Reiter & Co',
};
const sessionId = '019a9c36-0a0e-7c9b-9f13-4d5e6f708192';
const expiresAt = '2026-11-22T21:30:00.000Z';

/** How operators and auditors join, sign in and sign out. */
@Controller('v1/staff')
export class StaffController {
  constructor(private readonly staff: StaffService) {}

  @Post('invitations/accept')
  @Access('public')
  @Operation({
    id: 'acceptStaffInvitation',
    tag,
    summary: 'Accept an invitation',
    description: 'Sets the password with which the member signs in from then on.',
    ok: { status: 201, type: StaffMemberDto, description: 'The member.', example: member },
    errors: [InvitationNotValidError],
  })
  async accept(@Body() { token, password }: AcceptanceDto, @Req() { ip }: FastifyRequest): Promise<StaffMemberDto> {
    return StaffMemberDto.of(await this.staff.accept(token, password, ip));
  }

  @Post('sessions')
  @Access('public')
  @Operation({
    id: 'createStaffSession',
    tag,
    summary: 'Sign in as operator or auditor',
    description: 'Begins a session: an hour without use ends it, and 12 hours at the latest.',
    ok: {
      status: 201,
      type: IssuedStaffSessionDto,
      description: 'The session and its token.',
      example: {
        id: sessionId,
        staff_id: member.staff_id,
        role: member.role,
        token: 'ccx_ss_Zk3vX0q9TnB7sLw2yJdRc6hPmUo5eAf8iGtK1xVbQ4E',
        expires_at: expiresAt,
      },
    },
    errors: [StaffSignInRefusedError],
  })
  async signIn(
    @Body() { email, password }: StaffSignInDto,
    @Req() { ip }: FastifyRequest,
  ): Promise<IssuedStaffSessionDto> {
    return IssuedStaffSessionDto.of(await this.staff.signIn(email, password, { address: ip }));
  }

  @Get('sessions/current')
  @Access('staff')
  @Operation({
    id: 'getStaffSession',
    tag,
    summary: 'Who I am here',
    ok: {
      status: 200,
      type: StaffSessionDto,
      description: 'The member, the session, and what an auditor may look at.',
      example: {
        id: sessionId,
        ...member,
        engagement: {
          from: '2026-11-01T00:00:00.000Z',
          to: '2027-02-01T00:00:00.000Z',
          retailer_ids: null,
          purposes: ['dpv:ServicePersonalisation'],
        },
        signed_in_at: '2026-11-22T09:30:00.000Z',
        expires_at: expiresAt,
      },
    },
    errors: [],
  })
  async current(@CurrentStaff() staff: StaffPrincipal): Promise<StaffSessionDto> {
    const { member: found, session } = await this.staff.current(staff);
    return StaffSessionDto.ofSession(found, session);
  }

  @Delete('sessions/current')
  @Access('staff')
  @Operation({
    id: 'endStaffSession',
    tag,
    summary: 'Sign out',
    ok: { status: 204, description: 'The session has ended.' },
    errors: [],
  })
  signOut(@CurrentStaff() staff: StaffPrincipal): Promise<void> {
    return this.staff.signOut(staff);
  }
}
