import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';

import { ConsentsModule } from '../consents/consents.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { RequestLimitGuard } from '../platform/http/request-limits.js';
import { StrictQueryGuard } from '../platform/http/strict-query.js';
import { PortabilityModule } from '../portability/portability.module.js';
import { PreferencesModule } from '../preferences/preferences.module.js';
import { RetailersModule } from '../retailers/retailers.module.js';
import { StaffActsGuard } from '../staff/staff-acts.guard.js';
import { StaffModule } from '../staff/staff.module.js';
import { VocabularyModule } from '../vocabulary/vocabulary.module.js';
import { AccessGuard } from './access.guard.js';
import { ArtifactStore } from './artifact-store.js';
import { AuthorizationDetails } from './authorization-details.js';
import { DeviceCodes } from './device-codes.js';
import { EngineAnswers } from './engine-answers.js';
import { EngineClients } from './engine-clients.js';
import { EngineContext } from './engine-context.js';
import { EngineLimit } from './engine-limit.js';
import { EngineRequests } from './engine-requests.js';
import { Engine } from './engine.js';
import { GrantManagement } from './grant-management.js';
import { Grants } from './grants.js';
import { GrantsController } from './grants.controller.js';
import { KeyRotation } from './key-rotation.service.js';
import { KeysController } from './keys.controller.js';
import { AccountConsentChangesController } from './pages/account-consent-changes.controller.js';
import { AccountConsentsController } from './pages/account-consents.controller.js';
import { AccountDoorController } from './pages/account-door.controller.js';
import { AccountRequestsController } from './pages/account-requests.controller.js';
import { AccountRulesController } from './pages/account-rules.controller.js';
import { AccountErasureController } from './pages/account-erasure.controller.js';
import { AccountSecurityController } from './pages/account-security.controller.js';
import { AccountSwitchesController } from './pages/account-switches.controller.js';
import { AccountTillCodeController } from './pages/account-till-code.controller.js';
import { AccountVisits } from './pages/account-visits.js';
import { AssetsController } from './pages/assets.controller.js';
import { BrowserSessions } from './pages/browser-sessions.js';
import { ConsentStep } from './pages/consent-step.service.js';
import { ConsentViews } from './pages/consent-views.service.js';
import { DevicePages } from './pages/device-pages.service.js';
import { ErrorPage } from './pages/error.page.js';
import { FormTokens } from './pages/form-token.js';
import { InteractionsController } from './pages/interactions.controller.js';
import { LanguageController } from './pages/language.controller.js';
import { PageFilter } from './pages/page.filter.js';
import { PasskeyForms } from './pages/passkey-forms.js';
import { RequestDesk } from './pages/request-desk.service.js';
import { RuleChoicesService } from './pages/rule-choices.service.js';
import { SignIn } from './pages/sign-in.service.js';
import { StatedValues } from './pages/stated-values.js';
import { Visits } from './pages/visits.js';
import { ProtectedResourceController } from './protected-resource.controller.js';
import { RetailerTokens } from './retailer-tokens.js';
import { Rewrapping } from './rewrap.service.js';
import { StructuredTokens } from './structured-tokens.js';
import { TokenJournal } from './token-journal.js';

const engine = [
  ArtifactStore,
  AuthorizationDetails,
  DeviceCodes,
  Engine,
  EngineAnswers,
  EngineClients,
  EngineContext,
  EngineLimit,
  EngineRequests,
  GrantManagement,
  Grants,
  KeyRotation,
  Rewrapping,
  StructuredTokens,
  TokenJournal,
];
const pages = [
  AccountVisits,
  BrowserSessions,
  ConsentStep,
  ConsentViews,
  DevicePages,
  ErrorPage,
  FormTokens,
  PageFilter,
  PasskeyForms,
  RequestDesk,
  RuleChoicesService,
  SignIn,
  StatedValues,
  Visits,
];

@Module({
  imports: [
    ConsentsModule,
    CustomersModule,
    PortabilityModule,
    PreferencesModule,
    RetailersModule,
    StaffModule,
    VocabularyModule,
  ],
  controllers: [
    AccountConsentChangesController,
    AccountConsentsController,
    AccountRequestsController,
    AccountRulesController,
    AccountErasureController,
    AccountSecurityController,
    AccountSwitchesController,
    AccountTillCodeController,
    // Last of them: it answers for every address below /account that nobody else has.
    AccountDoorController,
    AssetsController,
    GrantsController,
    InteractionsController,
    KeysController,
    LanguageController,
    ProtectedResourceController,
  ],
  providers: [
    ...engine,
    ...pages,
    RetailerTokens,
    AccessGuard,
    // What every request passes, in this order: who it is, how often, that it is written down, what it asks by. No
    // interceptor stands in the way of all routes: each costs a request more than all of these together.
    { provide: APP_GUARD, useExisting: AccessGuard },
    { provide: APP_GUARD, useClass: RequestLimitGuard },
    { provide: APP_GUARD, useExisting: StaffActsGuard },
    { provide: APP_GUARD, useClass: StrictQueryGuard },
  ],
  exports: [AccessGuard, Engine],
})
export class AuthorizationModule {}
