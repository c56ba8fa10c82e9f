import { Module } from '@nestjs/common';

import { AccountData } from './account-data.js';
import { AccountsController } from './accounts.controller.js';
import { CredentialsService } from './credentials.service.js';
import { CustomerJournal } from './customer-journal.js';
import { CustomersService } from './customers.service.js';
import { MeController } from './me.controller.js';
import { PersonalTokensController } from './personal-tokens.controller.js';
import { PersonalTokensService } from './personal-tokens.service.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';

@Module({
  controllers: [AccountsController, MeController, SessionsController, PersonalTokensController],
  providers: [
    CustomersService,
    CredentialsService,
    SessionsService,
    PersonalTokensService,
    CustomerJournal,
    AccountData,
  ],
  exports: [CustomersService],
})
export class CustomersModule {}
