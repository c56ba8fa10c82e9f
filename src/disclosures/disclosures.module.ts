import { Module } from '@nestjs/common';

import { ConsentsModule } from '../consents/consents.module.js';
import { PreferencesModule } from '../preferences/preferences.module.js';
import { RetailersModule } from '../retailers/retailers.module.js';
import { VocabularyModule } from '../vocabulary/vocabulary.module.js';
import { DisclosuresController } from './disclosures.controller.js';
import { DisclosuresService } from './disclosures.service.js';
import { EffectiveController } from './effective.controller.js';
import { EffectiveService } from './effective.service.js';
import { ReadingController } from './reading.controller.js';
import { ReadingService } from './reading.service.js';
import { DisclosureRecorder } from './recorder.service.js';
import { ViewsService } from './views.service.js';

@Module({
  imports: [VocabularyModule, RetailersModule, PreferencesModule, ConsentsModule],
  controllers: [ReadingController, DisclosuresController, EffectiveController],
  providers: [ReadingService, ViewsService, DisclosureRecorder, DisclosuresService, EffectiveService],
})
export class DisclosuresModule {}
