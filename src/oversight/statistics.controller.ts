import { Controller, Get } from '@nestjs/common';

import { Access, CurrentStaff, RecordsAct, type StaffPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { NoEngagementError } from './oversight.errors.js';
import { AuditStatisticsDto, statisticsExample } from './statistics.dto.js';
import { AuditStatistics } from './statistics.service.js';

@Controller('v1/audit/statistics')
export class AuditStatisticsController {
  constructor(private readonly statistics: AuditStatistics) {}

  @Get()
  @Access('auditor')
  @RecordsAct()
  @Operation({
    id: 'getAuditStatistics',
    tag: 'Audit',
    summary: 'See the engagement in numbers',
    description:
      'Consents by state, how long after a withdrawal the last read came, reads that were wrong, and what the monitor ' +
      'has found: within the period, retailers and purposes of your engagement.',
    ok: { status: 200, type: AuditStatisticsDto, description: 'The numbers.', example: statisticsExample },
    errors: [NoEngagementError],
  })
  get(@CurrentStaff() auditor: StaffPrincipal): Promise<AuditStatisticsDto> {
    return this.statistics.of(auditor);
  }
}
