import { Module } from '@nestjs/common';

import { ConsentsModule } from '../consents/consents.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { PreferencesModule } from '../preferences/preferences.module.js';
import { RetailersModule } from '../retailers/retailers.module.js';
import { VocabularyModule } from '../vocabulary/vocabulary.module.js';
import { Eraser } from './eraser.js';
import { ErasureNoticesController, OverdueErasuresController } from './erasure-notices.controller.js';
import { ErasureNotices } from './erasure-notices.service.js';
import { ErasureReceipts } from './erasure-receipts.js';
import { ErasureRestore } from './erasure-restore.js';
import { ErasuresController } from './erasures.controller.js';
import { Erasures } from './erasures.service.js';
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
  imports: [VocabularyModule, CustomersModule, RetailersModule, PreferencesModule, ConsentsModule],
  controllers: [
    ExportController,
    ImportsController,
    SwitchesController,
    ErasuresController,
    ErasureNoticesController,
    OverdueErasuresController,
  ],
  providers: [
    Erasures,
    Eraser,
    ErasureNotices,
    ErasureReceipts,
    ErasureRestore,
    ExportService,
    ImportReader,
    ImportsService,
    PortabilityData,
    OverrideCopies,
    Switches,
  ],
  exports: [Erasures, ExportService, Switches],
})
export class PortabilityModule {}
