import { Module } from '@nestjs/common';

import { ConsentsModule } from '../consents/consents.module.js';
import { PreferencesModule } from '../preferences/preferences.module.js';
import { RetailersModule } from '../retailers/retailers.module.js';
import { VocabularyModule } from '../vocabulary/vocabulary.module.js';
import { ExportController } from './export.controller.js';
import { ExportService } from './export.service.js';
import { ImportReader } from './import-reader.js';
import { ImportsController } from './imports.controller.js';
import { ImportsService } from './imports.service.js';
import { OverrideCopies } from './override-copies.service.js';
import { PortabilityData } from './portability-data.js';
import { SwitchesController } from './switches.controller.js';
import { Switches } from './switches.service.js';

/** Taking a profile along: out of this broker, into it, and from one retailer to another. */
@Module({
  imports: [VocabularyModule, RetailersModule, PreferencesModule, ConsentsModule],
  controllers: [ExportController, ImportsController, SwitchesController],
  providers: [ExportService, ImportReader, ImportsService, PortabilityData, OverrideCopies, Switches],
  exports: [Switches],
})
export class PortabilityModule {}
