import { Module } from '@nestjs/common';

import { CustomersModule } from '../customers/customers.module.js';
import { RetailersModule } from '../retailers/retailers.module.js';
import { VocabularyModule } from '../vocabulary/vocabulary.module.js';
import { Drafts } from './drafts.js';
import { HistoryController } from './history.controller.js';
import { HistoryService } from './history.service.js';
import { PreferenceDocuments } from './preference-documents.js';
import { PreferencesController } from './preferences.controller.js';
import { PreferencesData } from './preferences-data.js';
import { PreferencesService } from './preferences.service.js';
import { PresetsController } from './presets.controller.js';
import { PresetsService } from './presets.service.js';
import { Profiles } from './profiles.js';
import { ReleaseCheck } from './release-check.js';
import { ReleasesController } from './releases.controller.js';
import { ReleasesService } from './releases.service.js';
import { ReviewController } from './review.controller.js';
import { ReviewService } from './review.service.js';
import { UndoService } from './undo.service.js';

@Module({
  imports: [VocabularyModule, CustomersModule, RetailersModule],
  controllers: [PresetsController, PreferencesController, HistoryController, ReviewController, ReleasesController],
  providers: [
    PreferencesService,
    PresetsService,
    HistoryService,
    UndoService,
    ReviewService,
    Drafts,
    Profiles,
    PreferenceDocuments,
    PreferencesData,
    ReleasesService,
    ReleaseCheck,
  ],
  exports: [PreferencesService, HistoryService, ReviewService, Drafts, PreferenceDocuments, Profiles],
})
export class PreferencesModule {}
