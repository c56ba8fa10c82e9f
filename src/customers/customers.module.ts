import { Module } from '@nestjs/common';

import { AccountData } from './account-data.js';
import { AccountsController } from './accounts.controller.js';
import { CredentialsService } from './credentials.service.js';
import { CustomerJournal } from './customer-journal.js';
import { CustomersService } from './customers.service.js';
import { MeController } from './me.controller.js';
import { PasskeysController } from './passkeys.controller.js';
import { PasskeysService } from './passkeys.service.js';
import { PersonalTokensController } from './personal-tokens.controller.js';
import { PersonalTokensService } from './personal-tokens.service.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';

@Module({
  controllers: [AccountsController, MeController, SessionsController, PersonalTokensController, PasskeysController],
  providers: [
    CustomersService,
    CredentialsService,
    SessionsService,
    PersonalTokensService,
    PasskeysService,
    CustomerJournal,
    AccountData,
  ],
  exports: [CredentialsService, CustomersService, PasskeysService, SessionsService],
})
export class CustomersModule {}
