import { Module } from '@nestjs/common';

import { AuditorsController } from './auditors.controller.js';
import { EnrolmentsController } from './enrolments.controller.js';
import { EnrolmentsService } from './enrolments.service.js';
import { StaffActsGuard } from './staff-acts.guard.js';
import { StaffFactors } from './staff-factors.service.js';
import { StaffJournal } from './staff-journal.js';
import { StaffResetsController } from './staff-resets.controller.js';
import { StaffSessionsService } from './staff-sessions.service.js';
import { StaffSignInService } from './staff-sign-in.service.js';
import { StaffController } from './staff.controller.js';
import { StaffService } from './staff.service.js';

@Module({
  controllers: [StaffController, EnrolmentsController, AuditorsController, StaffResetsController],
  providers: [
    StaffService,
    StaffSignInService,
    StaffSessionsService,
    StaffFactors,
    EnrolmentsService,
    StaffJournal,
    StaffActsGuard,
  ],
  exports: [StaffService, StaffActsGuard],
})
export class StaffModule {}
