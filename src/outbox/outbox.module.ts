import { Global, Module } from '@nestjs/common';

import { Dispatcher } from './dispatcher.js';
import { OutboxService } from './outbox.service.js';

@Global()
@Module({ providers: [OutboxService, Dispatcher], exports: [OutboxService, Dispatcher] })
export class OutboxModule {}
