import { Module } from '@nestjs/common';

import { VocabularyModule } from '../vocabulary/vocabulary.module.js';
import { AccountData } from './account-data.js';
import { AccountsController } from './accounts.controller.js';
import { CredentialsService } from './credentials.service.js';
import { CustomerJournal } from './customer-journal.js';
import { CustomersService } from './customers.service.js';
import { DelegationRights } from './delegation-rights.service.js';
import { DelegationViews } from './delegation-views.service.js';
import { DelegationsController } from './delegations.controller.js';
import { DelegationsData } from './delegations-data.js';
import { DelegationsService } from './delegations.service.js';
import { MeController } from './me.controller.js';
import { PasskeysController } from './passkeys.controller.js';
import { PasskeysService } from './passkeys.service.js';
import { PersonalTokensController } from './personal-tokens.controller.js';
import { PersonalTokensService } from './personal-tokens.service.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { TillCodesController } from './till-codes.controller.js';
import { TillCodes } from './till-codes.service.js';

@Module({
  imports: [VocabularyModule],
  controllers: [
    AccountsController,
    MeController,
    SessionsController,
    PersonalTokensController,
    PasskeysController,
    DelegationsController,
    TillCodesController,
  ],
  providers: [
    CustomersService,
    CredentialsService,
    SessionsService,
    PersonalTokensService,
    PasskeysService,
    CustomerJournal,
    AccountData,
    DelegationsService,
    DelegationViews,
    DelegationRights,
    DelegationsData,
    TillCodes,
  ],
  exports: [CredentialsService, CustomersService, DelegationRights, PasskeysService, SessionsService, TillCodes],
})
export class CustomersModule {}
