import { Global, Module } from '@nestjs/common';

import { AuditService } from './audit.service.js';
import { Sequencer } from './sequencer.js';

@Global()
@Module({ providers: [AuditService, Sequencer], exports: [AuditService, Sequencer] })
export class AuditModule {}
