import { Injectable } from '@nestjs/common';

import type { StaffPrincipal } from '../platform/http/access.js';
import type { Engagement } from '../staff/engagement.js';
import { StaffService } from '../staff/staff.service.js';
import { NoEngagementError } from './oversight.errors.js';

/** What each auditor may look at, asked anew for each request: an engagement that is over reads nothing any more. */
@Injectable()
export class Engagements {
  constructor(private readonly staff: StaffService) {}

  /** @throws NoEngagementError when none is under way */
  async of(auditor: StaffPrincipal): Promise<Engagement> {
    const engagement = await this.staff.engagementOf(auditor.staffId);
    if (!engagement) throw new NoEngagementError();
    return engagement;
  }
}
