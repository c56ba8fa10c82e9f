import { Body, Controller, Post } from '@nestjs/common';

import { Access, actorOf, CurrentStaff, type StaffPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { AuditorInvitationDto, InvitedDto } from './staff.dto.js';
import { StaffExistsError } from './staff.errors.js';
import { StaffService } from './staff.service.js';

/** How operators let auditors in. */
@Controller('v1/admin/auditors')
export class AuditorsController {
  constructor(private readonly staff: StaffService) {}

  @Post()
  @Access('operator')
  @Operation({
    id: 'inviteAuditor',
    tag: 'Auditors (operator)',
    summary: 'Invite an auditor',
    description: 'Inviting an address again, before it has joined, replaces the invitation.',
    ok: {
      status: 201,
      type: InvitedDto,
      description: 'The invitation; its token is shown this once.',
      example: {
        staff_id: '019a9c35-55d1-7e04-8c1f-6b0a9d2e3f47',
        invitation_token: 'ccx_si_0b7yVQ1xq0mJ9r3c8sKz5dWfTn2LhGa4pEiXuRoYvB6',
        expires_at: '2026-11-29T09:30:00.000Z',
      },
    },
    errors: [StaffExistsError],
  })
  async invite(@CurrentStaff() staff: StaffPrincipal, @Body() body: AuditorInvitationDto): Promise<InvitedDto> {
    return InvitedDto.of(await this.staff.invite(body.toInvitation(), actorOf(staff)));
  }
}
