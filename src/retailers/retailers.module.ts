import { Module } from '@nestjs/common';

import { AdmissionsController } from './admissions.controller.js';
import { AdmissionsService } from './admissions.service.js';
import { ClientsController } from './clients.controller.js';
import { ClientsService } from './clients.service.js';
import { DirectoryController } from './directory.controller.js';
import { OwnProfileController } from './own-profile.controller.js';
import { RetailersService } from './retailers.service.js';

@Module({
  controllers: [DirectoryController, AdmissionsController, ClientsController, OwnProfileController],
  providers: [RetailersService, AdmissionsService, ClientsService],
  exports: [RetailersService, AdmissionsService, ClientsService],
})
export class RetailersModule {}
