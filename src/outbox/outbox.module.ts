import { Global, Module } from '@nestjs/common';

import { Dispatcher } from './dispatcher.js';
import { OutboxData } from './outbox-data.js';
import { OutboxMetrics } from './outbox-metrics.js';
import { OutboxService } from './outbox.service.js';

@Global()
@Module({ providers: [OutboxService, OutboxData, OutboxMetrics, Dispatcher], exports: [OutboxService, Dispatcher] })
export class OutboxModule {}
