import { Module } from '@nestjs/common';

import { CustomersModule } from '../customers/customers.module.js';
import { RetailersModule } from '../retailers/retailers.module.js';
import { VocabularyModule } from '../vocabulary/vocabulary.module.js';
import { ConsentRequestsController } from './consent-requests.controller.js';
import { ConsentRequestsService } from './consent-requests.service.js';
import { ConsentsController } from './consents.controller.js';
import { ConsentsData } from './consents-data.js';
import { ConsentsJournal } from './consents-journal.js';
import { ConsentsService } from './consents.service.js';
import { InboxController } from './inbox.controller.js';
import { InboxService } from './inbox.service.js';

@Module({
  imports: [CustomersModule, RetailersModule, VocabularyModule],
  controllers: [ConsentsController, ConsentRequestsController, InboxController],
  providers: [ConsentsData, ConsentsJournal, ConsentsService, ConsentRequestsService, InboxService],
  exports: [ConsentsService, ConsentRequestsService],
})
export class ConsentsModule {}
