import { Module } from '@nestjs/common';

import { RetailersModule } from '../retailers/retailers.module.js';
import { VocabularyModule } from '../vocabulary/vocabulary.module.js';
import { PreferenceDocuments } from './preference-documents.js';
import { PreferencesController } from './preferences.controller.js';
import { PreferencesData } from './preferences-data.js';
import { PreferencesService } from './preferences.service.js';
import { Profiles } from './profiles.js';

@Module({
  imports: [VocabularyModule, RetailersModule],
  controllers: [PreferencesController],
  providers: [PreferencesService, Profiles, PreferenceDocuments, PreferencesData],
  exports: [PreferencesService, PreferenceDocuments],
})
export class PreferencesModule {}
