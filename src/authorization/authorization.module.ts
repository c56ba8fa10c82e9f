import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';

import { ConsentsModule } from '../consents/consents.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { PreferencesModule } from '../preferences/preferences.module.js';
import { RetailersModule } from '../retailers/retailers.module.js';
import { StaffModule } from '../staff/staff.module.js';
import { VocabularyModule } from '../vocabulary/vocabulary.module.js';
import { AccessGuard } from './access.guard.js';
import { ArtifactStore } from './artifact-store.js';
import { AuthorizationDetails } from './authorization-details.js';
import { EngineClients } from './engine-clients.js';
import { EngineContext } from './engine-context.js';
import { EngineLimit } from './engine-limit.js';
import { EngineRequests } from './engine-requests.js';
import { Engine } from './engine.js';
import { Grants } from './grants.js';
import { AssetsController } from './pages/assets.controller.js';
import { ConsentStep } from './pages/consent-step.service.js';
import { ErrorPage } from './pages/error.page.js';
import { FormTokens } from './pages/form-token.js';
import { InteractionsController } from './pages/interactions.controller.js';
import { PageFilter } from './pages/page.filter.js';
import { SignIn } from './pages/sign-in.service.js';
import { StatedValues } from './pages/stated-values.js';
import { Visits } from './pages/visits.js';
import { RetailerTokens } from './retailer-tokens.js';
import { SigningKeys } from './signing-keys.js';
import { StructuredTokens } from './structured-tokens.js';
import { TokenJournal } from './token-journal.js';

const engine = [
  ArtifactStore,
  AuthorizationDetails,
  Engine,
  EngineClients,
  EngineContext,
  EngineLimit,
  EngineRequests,
  Grants,
  SigningKeys,
  StructuredTokens,
  TokenJournal,
];
const pages = [ConsentStep, ErrorPage, FormTokens, PageFilter, SignIn, StatedValues, Visits];

@Module({
  imports: [ConsentsModule, CustomersModule, PreferencesModule, RetailersModule, StaffModule, VocabularyModule],
  controllers: [AssetsController, InteractionsController],
  providers: [...engine, ...pages, RetailerTokens, AccessGuard, { provide: APP_GUARD, useExisting: AccessGuard }],
  exports: [AccessGuard, Engine],
})
export class AuthorizationModule {}
