import { Body, Controller, Post } from '@nestjs/common';

import { Access, actorOf, CurrentStaff, type StaffPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { AuditorInvitationDto, InvitedDto } from './staff.dto.js';
import { StaffExistsError } from './staff.errors.js';
import { invited } from './staff.examples.js';
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
      example: invited,
    },
    errors: [StaffExistsError],
  })
  async invite(@CurrentStaff() staff: StaffPrincipal, @Body() body: AuditorInvitationDto): Promise<InvitedDto> {
    return InvitedDto.of(await this.staff.invite(body.toInvitation(), actorOf(staff)));
  }
}
