import { Module } from '@nestjs/common';

import { ConsentsModule } from '../consents/consents.module.js';
import { RetailersModule } from '../retailers/retailers.module.js';
import { ChainService } from './chain.service.js';
import { ContactsService } from './contacts.service.js';
import { CountersService } from './counters.service.js';
import { DeletionService } from './deletion.service.js';
import { DeletionsController } from './deletions.controller.js';
import { DemandController } from './demand.controller.js';
import { DemandService } from './demand.service.js';
import { DisputeAnswersService } from './dispute-answers.service.js';
import { DisputeAnswersController, DisputesController } from './disputes.controller.js';
import { DisputesService } from './disputes.service.js';
import { EventTypesController } from './event-types.controller.js';
import { IntakeService } from './intake.service.js';
import { InteractionsData } from './interactions-data.js';
import { IntakeController } from './intake.controller.js';
import { JourneysController } from './journeys.controller.js';
import { JourneysService } from './journeys.service.js';
import { JobsController } from './jobs.controller.js';
import { JobsService } from './jobs.service.js';
import { JobWorker } from './job-worker.js';
import { NotesController } from './notes.controller.js';
import { NotesService } from './notes.service.js';
import { ReportedController } from './reported.controller.js';
import { ReportedService } from './reported.service.js';
import { RetentionController } from './retention.controller.js';
import { RetentionService } from './retention.service.js';
import { RetentionSweep } from './retention-sweep.service.js';
import { StandingInteractions } from './standing.service.js';
import { SummaryService } from './summary.service.js';
import { TimelineController } from './timeline.controller.js';
import { TimelineService } from './timeline.service.js';
import { WhyService } from './why.service.js';
import { UploadService } from './upload.service.js';
import { UploadsController } from './uploads.controller.js';

@Module({
  imports: [ConsentsModule, RetailersModule],
  controllers: [
    EventTypesController,
    IntakeController,
    JobsController,
    UploadsController,
    TimelineController,
    JourneysController,
    NotesController,
    DeletionsController,
    DisputesController,
    DisputeAnswersController,
    ReportedController,
    RetentionController,
    DemandController,
  ],
  providers: [
    IntakeService,
    JobsService,
    UploadService,
    JobWorker,
    StandingInteractions,
    TimelineService,
    SummaryService,
    WhyService,
    ChainService,
    JourneysService,
    NotesService,
    InteractionsData,
    DeletionService,
    ContactsService,
    DisputesService,
    DisputeAnswersService,
    CountersService,
    ReportedService,
    RetentionService,
    RetentionSweep,
    DemandService,
  ],
  exports: [CountersService, ContactsService, StandingInteractions],
})
export class InteractionsModule {}
