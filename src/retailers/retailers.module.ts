import { Module } from '@nestjs/common';

import { VocabularyModule } from '../vocabulary/vocabulary.module.js';
import { AdmissionsController } from './admissions.controller.js';
import { AdmissionsService } from './admissions.service.js';
import { ClientsController } from './clients.controller.js';
import { ClientsService } from './clients.service.js';
import { DirectoryController } from './directory.controller.js';
import { ExtensionsController } from './extensions.controller.js';
import { ExtensionsService } from './extensions.service.js';
import { MenusService } from './menus.service.js';
import { OwnMenuController } from './own-menu.controller.js';
import { OwnProfileController } from './own-profile.controller.js';
import { RetailersService } from './retailers.service.js';

@Module({
  imports: [VocabularyModule],
  controllers: [
    DirectoryController,
    AdmissionsController,
    ClientsController,
    OwnProfileController,
    OwnMenuController,
    ExtensionsController,
  ],
  providers: [RetailersService, AdmissionsService, ClientsService, MenusService, ExtensionsService],
  exports: [RetailersService, AdmissionsService, ClientsService, MenusService],
})
export class RetailersModule {}
