import { Module } from '@nestjs/common';

import { ConsentsModule } from '../consents/consents.module.js';
import { RetailersModule } from '../retailers/retailers.module.js';
import { ContactsService } from './contacts.service.js';
import { DeletionService } from './deletion.service.js';
import { IntakeService } from './intake.service.js';
import { IntakeController, InteractionsController } from './interactions.controller.js';
import { InteractionsService } from './interactions.service.js';

@Module({
  imports: [ConsentsModule, RetailersModule],
  controllers: [IntakeController, InteractionsController],
  providers: [IntakeService, InteractionsService, DeletionService, ContactsService],
  exports: [InteractionsService, ContactsService],
})
export class InteractionsModule {}
