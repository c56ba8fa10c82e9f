import { Module } from '@nestjs/common';

import { ConsentsModule } from '../consents/consents.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { InteractionsModule } from '../interactions/interactions.module.js';
import { PreferencesModule } from '../preferences/preferences.module.js';
import { RetailersModule } from '../retailers/retailers.module.js';
import { VocabularyModule } from '../vocabulary/vocabulary.module.js';
import { AcknowledgementsController, AcknowledgingController } from './acknowledgements.controller.js';
import { AcknowledgementsService } from './acknowledgements.service.js';
import { Answering } from './answering.service.js';
import { AnswersAtHand } from './answers-at-hand.js';
import { ContactPermissionController } from './contact-permission.controller.js';
import { ContactPermissionService } from './contact-permission.service.js';
import { BundledDecisions } from './bundle-decisions.js';
import { BundledEntries } from './bundle-entries.js';
import { BundledReads } from './bundle-reads.js';
import { BundlesController } from './bundles.controller.js';
import { ChoicesController } from './choices.controller.js';
import { ChoicesService } from './choices.service.js';
import { DisclosureChecks } from './disclosure-checks.service.js';
import { DisclosureProofs } from './disclosure-proofs.service.js';
import { DisclosuresController } from './disclosures.controller.js';
import { DisclosuresService } from './disclosures.service.js';
import { EffectiveController } from './effective.controller.js';
import { EffectiveService } from './effective.service.js';
import { EvidenceBundles } from './evidence-bundles.service.js';
import { ReadingController } from './reading.controller.js';
import { ReadingService } from './reading.service.js';
import { DisclosureRecorder } from './recorder.service.js';
import { SegmentFiles } from './segment-files.js';
import { SegmentLines } from './segment-lines.js';
import { DisclosureSegments } from './segments.service.js';
import { SnapshotEntries } from './snapshot-entries.js';
import { SnapshotWorker } from './snapshot-worker.js';
import { SnapshotsController } from './snapshots.controller.js';
import { SnapshotsService } from './snapshots.service.js';
import { StatusListsController } from './status-lists.controller.js';
import { StatusLists } from './status-lists.service.js';
import { TillClients } from './till-clients.js';
import { TillCodeReadingController } from './till-codes.controller.js';
import { TillReadingService } from './till-reading.service.js';
import { StandingsService } from './standings.service.js';
import { ViewsService } from './views.service.js';

@Module({
  imports: [VocabularyModule, CustomersModule, RetailersModule, PreferencesModule, ConsentsModule, InteractionsModule],
  controllers: [
    AcknowledgingController,
    AcknowledgementsController,
    BundlesController,
    ChoicesController,
    ContactPermissionController,
    ReadingController,
    DisclosuresController,
    EffectiveController,
    SnapshotsController,
    StatusListsController,
    TillCodeReadingController,
  ],
  providers: [
    AcknowledgementsService,
    BundledDecisions,
    BundledEntries,
    BundledReads,
    ChoicesService,
    ContactPermissionService,
    StandingsService,
    ReadingService,
    Answering,
    AnswersAtHand,
    ViewsService,
    DisclosureChecks,
    DisclosureProofs,
    DisclosureRecorder,
    DisclosureSegments,
    DisclosuresService,
    EffectiveService,
    EvidenceBundles,
    SegmentFiles,
    SegmentLines,
    SnapshotsService,
    SnapshotWorker,
    SnapshotEntries,
    StatusLists,
    TillClients,
    TillReadingService,
  ],
  exports: [DisclosureChecks, DisclosureSegments, EvidenceBundles],
})
export class DisclosuresModule {}
