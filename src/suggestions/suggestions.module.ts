import { Module } from '@nestjs/common';

import { InteractionsModule } from '../interactions/interactions.module.js';
import { PreferencesModule } from '../preferences/preferences.module.js';
import { RetailersModule } from '../retailers/retailers.module.js';
import { VocabularyModule } from '../vocabulary/vocabulary.module.js';
import { CandidatesService } from './candidates.service.js';
import { EvidenceDays } from './evidence-days.service.js';
import { PresentationService } from './presentation.service.js';
import { PriorsAdminService } from './priors-admin.service.js';
import { PriorsController } from './priors.controller.js';
import { PriorsService } from './priors.service.js';
import { PriorsWorker } from './priors-worker.js';
import { SettingsService } from './settings.service.js';
import { SuggestionsController } from './suggestions.controller.js';
import { SuggestionsData } from './suggestions-data.js';
import { SuggestionsService } from './suggestions.service.js';
import { SuggestionsWorker } from './suggestions-worker.js';

/** What could be learned from what retailers report, for customers who want it. */
@Module({
  imports: [VocabularyModule, RetailersModule, PreferencesModule, InteractionsModule],
  controllers: [SuggestionsController, PriorsController],
  providers: [
    SuggestionsService,
    SettingsService,
    CandidatesService,
    PresentationService,
    EvidenceDays,
    SuggestionsWorker,
    SuggestionsData,
    PriorsService,
    PriorsWorker,
    PriorsAdminService,
  ],
})
export class SuggestionsModule {}
