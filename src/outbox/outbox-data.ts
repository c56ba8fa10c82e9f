import { Injectable, type OnModuleInit } from '@nestjs/common';

import { PersonalData } from '../platform/personal-data.js';

/** What the outbox holds of a customer, delivered or not. */
@Injectable()
export class OutboxData implements OnModuleInit {
  constructor(private readonly personalData: PersonalData) {}

  onModuleInit(): void {
    this.personalData.register({
      module: 'outbox',
      tables: ['outbox_events'],
      // Events tell of changes to records that other modules hand over themselves.
      export: async function* () {},
      erase: async (tx, { bucket, customerId }) => {
        await tx.query('delete from outbox_events where bucket = $1 and customer_id = $2', [bucket, customerId]);
      },
    });
  }
}
