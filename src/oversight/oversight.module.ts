import { Module } from '@nestjs/common';

import { DisclosuresModule } from '../disclosures/disclosures.module.js';
import { StaffModule } from '../staff/staff.module.js';
import { AccessesController } from './accesses.controller.js';
import { AccessesService } from './accesses.service.js';
import { AuditorActs } from './auditor-acts.service.js';
import { AuditBundlesController } from './bundles.controller.js';
import { BundlesService } from './bundles.service.js';
import { ConsentHistoryChecks } from './consent-history-checks.js';
import { ConsentsInView } from './consents-in-view.service.js';
import { DayClosing } from './day-closing.service.js';
import { Engagements } from './engagements.service.js';
import { EntriesController } from './entries.controller.js';
import { EntriesService } from './entries.service.js';
import { EntryReader } from './entry-reader.service.js';
import { AuditExportsController } from './exports.controller.js';
import { AuditExports } from './exports.service.js';
import { LogChecks } from './log-checks.js';
import { LogMetrics } from './log-metrics.js';
import { Monitor } from './monitor.service.js';
import { RecordsController } from './records.controller.js';
import { RecordsService } from './records.service.js';
import { ReidentificationDecisionsController, ReidentificationsController } from './reidentifications.controller.js';
import { ReidentificationsService } from './reidentifications.service.js';
import { AuditStatisticsController } from './statistics.controller.js';
import { AuditStatistics } from './statistics.service.js';
import { SegmentsController } from './segments.controller.js';

@Module({
  imports: [StaffModule, DisclosuresModule],
  controllers: [
    AccessesController,
    AuditBundlesController,
    AuditExportsController,
    AuditStatisticsController,
    EntriesController,
    RecordsController,
    ReidentificationDecisionsController,
    ReidentificationsController,
    SegmentsController,
  ],
  providers: [
    AccessesService,
    AuditExports,
    AuditorActs,
    AuditStatistics,
    BundlesService,
    ConsentHistoryChecks,
    ConsentsInView,
    DayClosing,
    Engagements,
    EntriesService,
    EntryReader,
    RecordsService,
    LogChecks,
    LogMetrics,
    Monitor,
    ReidentificationsService,
  ],
})
export class OversightModule {}
