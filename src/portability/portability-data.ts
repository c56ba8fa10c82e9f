import { Injectable, type OnModuleInit } from '@nestjs/common';

import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { ERASURES } from './eraser.js';
import { ErasingCustomer } from './erasure.entity.js';
import { findErasureOf } from './erasures.queries.js';
import { Import } from './import.entity.js';
import { importsOf, openContent } from './imports.queries.js';

/** An import may be large: few at a time. */
const PAGE = 5;

/** What this module holds of a customer. */
@Injectable()
export class PortabilityData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly keys: SubjectKeys,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      module: 'portability',
      tables: ['imports'],
      export: (reader, customer) => this.export(reader, customer),
      erase: async (tx, customer) => {
        await tx.delete(Import, { ...customer });
      },
    });
    this.personalData.register({
      module: ERASURES,
      tables: ['erasing_customers'],
      export: exportErasure,
      erase: async (tx, customer) => {
        await tx.delete(ErasingCustomer, { ...customer });
      },
    });
  }

  private async *export(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
    const { profileKey } = await this.keys.of(reader, customer);
    let last: string | undefined;
    for (;;) {
      const rows = await importsOf(reader, customer, last, PAGE);
      for (const row of rows) {
        const { source, ...content } = openContent(row, profileKey);
        const record = {
          id: row.id,
          status: row.status,
          source,
          ...(content as unknown as JsonObject),
          created_at: row.createdAt.toISOString(),
          settled_at: row.settledAt?.toISOString() ?? null,
        };
        yield { kind: 'import', record, source };
      }
      last = rows.at(-1)?.id;
      if (rows.length < PAGE) return;
    }
  }
}

async function* exportErasure(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
  const erasure = await findErasureOf(reader, customer);
  if (!erasure) return;
  const { id, status, requestedAt, executeAt } = erasure;
  const record = { status, requested_at: requestedAt.toISOString(), execute_at: executeAt.toISOString() };
  yield { kind: 'erasure', record: { number: id, ...record }, source: 'customer' };
}
