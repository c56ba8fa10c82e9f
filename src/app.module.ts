import { type DynamicModule, Module, type Type } from '@nestjs/common';

import { AuditModule } from './audit/audit.module.js';
import { AuthorizationModule } from './authorization/authorization.module.js';
import { ConsentsModule } from './consents/consents.module.js';
import { CustomersModule } from './customers/customers.module.js';
import { DisclosuresModule } from './disclosures/disclosures.module.js';
import { InteractionsModule } from './interactions/interactions.module.js';
import { OutboxModule } from './outbox/outbox.module.js';
import { OversightModule } from './oversight/oversight.module.js';
import { PlatformModule, type PlatformSettings } from './platform/platform.module.js';
import { PortabilityModule } from './portability/portability.module.js';
import { PreferencesModule } from './preferences/preferences.module.js';
import { RetailersModule } from './retailers/retailers.module.js';
import { StaffModule } from './staff/staff.module.js';
import { SuggestionsModule } from './suggestions/suggestions.module.js';
import { VocabularyModule } from './vocabulary/vocabulary.module.js';
import { WelcomeController } from './welcome.controller.js';

/** The whole service. */
@Module({
  imports: [
    AuditModule,
    OutboxModule,
    CustomersModule,
    StaffModule,
    VocabularyModule,
    RetailersModule,
    PreferencesModule,
    ConsentsModule,
    InteractionsModule,
    DisclosuresModule,
    SuggestionsModule,
    PortabilityModule,
    OversightModule,
    AuthorizationModule,
  ],
  controllers: [WelcomeController],
})
export class AppModule {
  static with(settings: PlatformSettings, more: readonly Type[] = []): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.with(settings), ...more] };
  }
}
