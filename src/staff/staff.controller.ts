import { Body, Controller, Delete, Get, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Access, CurrentStaff, type StaffPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { enrolmentExample } from './enrolment.dto.js';
import { StaffSignInDto } from './staff-sign-in.dto.js';
import { StaffSignInService } from './staff-sign-in.service.js';
import { AcceptanceDto, AcceptedInvitationDto, IssuedStaffSessionDto, StaffSessionDto } from './staff.dto.js';
import { InvitationNotValidError, SecondFactorMissingError, StaffSignInRefusedError } from './staff.errors.js';
import { issuedStaffSession, staffMember, staffSessionEnd, staffSessionId } from './staff.examples.js';
import { StaffService } from './staff.service.js';

const tag = 'Staff';

/** How operators and auditors join, sign in and sign out. */
@Controller('v1/staff')
export class StaffController {
  constructor(
    private readonly staff: StaffService,
    private readonly signIns: StaffSignInService,
  ) {}

  @Post('invitations/accept')
  @Access('public')
  @Operation({
    id: 'acceptStaffInvitation',
    tag,
    summary: 'Accept an invitation',
    description:
      'Chooses the password, and begins to set up the second factor. The invitation is spent, and the invited a member, ' +
      'once `POST /v1/staff/enrolments/confirm` has confirmed it.',
    ok: {
      status: 201,
      type: AcceptedInvitationDto,
      description: 'Who was invited, and what they need to set up the second factor.',
      example: { ...staffMember, enrolment: enrolmentExample },
    },
    errors: [InvitationNotValidError],
  })
  async accept(
    @Body() { token, password }: AcceptanceDto,
    @Req() { ip }: FastifyRequest,
  ): Promise<AcceptedInvitationDto> {
    return AcceptedInvitationDto.accepted(await this.staff.accept(token, password, ip));
  }

  @Post('sessions')
  @Access('public')
  @Operation({
    id: 'createStaffSession',
    tag,
    summary: 'Sign in as operator or auditor',
    description:
      'With password and second factor at once. Begins a session: an hour without use ends it, and 12 hours at the ' +
      'latest.',
    ok: {
      status: 201,
      type: IssuedStaffSessionDto,
      description: 'The session and its token.',
      example: issuedStaffSession,
    },
    errors: [StaffSignInRefusedError, SecondFactorMissingError],
  })
  async signIn(@Body() body: StaffSignInDto, @Req() { ip }: FastifyRequest): Promise<IssuedStaffSessionDto> {
    return IssuedStaffSessionDto.of(await this.signIns.signIn(body.toSignIn(), { address: ip }));
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
        id: staffSessionId,
        ...staffMember,
        engagement: {
          from: '2026-11-01T00:00:00.000Z',
          to: '2027-02-01T00:00:00.000Z',
          retailer_ids: null,
          purposes: ['dpv:ServicePersonalisation'],
        },
        signed_in_at: '2026-11-22T09:30:00.000Z',
        expires_at: staffSessionEnd,
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
