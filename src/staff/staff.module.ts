import { Module } from '@nestjs/common';

import { AuditorsController } from './auditors.controller.js';
import { StaffSessionsService } from './staff-sessions.service.js';
import { StaffController } from './staff.controller.js';
import { StaffService } from './staff.service.js';

@Module({
  controllers: [StaffController, AuditorsController],
  providers: [StaffService, StaffSessionsService],
  exports: [StaffService],
})
export class StaffModule {}
