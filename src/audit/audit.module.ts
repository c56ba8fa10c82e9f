import { Global, Module } from '@nestjs/common';

import { Anchors } from './anchors.js';
import { AuditService } from './audit.service.js';
import { Commitments } from './commitments.js';
import { Continuity } from './continuity.js';
import { LastSigned } from './last-signed.js';
import { LogAlarms } from './log-alarms.js';
import { LogKeys } from './log-keys.js';
import { LogReader } from './log-reader.js';
import { LogController } from './log.controller.js';
import { ProofsController } from './proofs.controller.js';
import { LogProofs } from './proofs.js';
import { Publisher } from './publisher.js';
import { LogRecovery } from './recovery.js';
import { Sequencer } from './sequencer.js';
import { Witnesses } from './witnesses.js';

@Global()
@Module({
  controllers: [LogController, ProofsController],
  providers: [
    AuditService,
    Sequencer,
    Commitments,
    Publisher,
    Continuity,
    LastSigned,
    LogRecovery,
    LogKeys,
    LogAlarms,
    LogProofs,
    LogReader,
    Witnesses,
    Anchors,
  ],
  exports: [AuditService, Sequencer, Publisher, LogRecovery, LogKeys, LogAlarms, LogProofs, LogReader],
})
export class AuditModule {}
