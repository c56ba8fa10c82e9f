import { Module } from '@nestjs/common';

import { StaffModule } from '../staff/staff.module.js';
import { OversightController } from './oversight.controller.js';
import { OversightService } from './oversight.service.js';

@Module({ imports: [StaffModule], controllers: [OversightController], providers: [OversightService] })
export class OversightModule {}
