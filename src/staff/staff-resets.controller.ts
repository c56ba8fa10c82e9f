import { Body, Controller, Post } from '@nestjs/common';

import { Access, actorOf, CurrentStaff, type StaffPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvitedDto, StaffResetDto } from './staff.dto.js';
import { StaffNotFoundError } from './staff.errors.js';
import { invited } from './staff.examples.js';
import { StaffService } from './staff.service.js';

/** How operators help somebody who can no longer sign in. */
@Controller('v1/admin/staff/resets')
export class StaffResetsController {
  constructor(private readonly staff: StaffService) {}

  @Post()
  @Access('operator')
  @Operation({
    id: 'resetStaffSignIn',
    tag: 'Staff (operator)',
    summary: 'Reset the sign-in of a member of staff',
    description:
      'For somebody who lost the password, the phone or the passkey. Ends both factors and every session of theirs at ' +
      'once, and answers an invitation to choose them anew; role and engagement stay.',
    ok: {
      status: 201,
      type: InvitedDto,
      description: 'The invitation; its token is shown this once. Make sure whom you give it to.',
      example: invited,
    },
    errors: [StaffNotFoundError],
  })
  async reset(@CurrentStaff() staff: StaffPrincipal, @Body() { email }: StaffResetDto): Promise<InvitedDto> {
    return InvitedDto.of(await this.staff.reset(email, actorOf(staff)));
  }
}
