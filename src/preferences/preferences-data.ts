import { Injectable, type OnModuleInit } from '@nestjs/common';

import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { PreferenceDocument } from './preference-document.entity.js';
import { openVersion, PreferenceDocuments } from './preference-documents.js';
import { PreferenceVersion } from './preference-version.entity.js';
import type { Preference } from './preference.js';

const PAGE = 1000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** What this module holds of a customer. */
@Injectable()
export class PreferencesData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly keys: SubjectKeys,
    private readonly documents: PreferenceDocuments,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      module: 'preferences',
      tables: ['preference_documents', 'preference_versions'],
      export: (reader, customer) => this.export(reader, customer),
      erase: async (tx, customer) => {
        await tx.delete(PreferenceDocument, { ...customer });
        await tx.delete(PreferenceVersion, { ...customer });
      },
    });
  }

  private async *export(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
    for (const { preferences } of await this.documents.of(reader, customer)) {
      for (const preference of preferences) {
        yield { kind: 'preference', record: preference as unknown as JsonObject, ...originOf(preference) };
      }
    }
    yield* this.exportHistory(reader, customer);
  }

  private async *exportHistory(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
    const { profileKey } = await this.keys.of(reader, customer);
    let last = { id: BEFORE_ALL, version: 0 };
    for (;;) {
      const rows = await reader
        .createQueryBuilder(PreferenceVersion, 'v')
        .where({ ...customer })
        .andWhere('(v.preferenceId, v.version) > (:id, :version)', last)
        .orderBy({ 'v.preferenceId': 'ASC', 'v.version': 'ASC' })
        .take(PAGE)
        .getMany();
      for (const row of rows) {
        const preference = openVersion(customer, profileKey, row);
        yield {
          kind: 'preference_version',
          record: { change: row.change, preference: preference as unknown as JsonObject },
          provided: true,
        };
      }
      const end = rows.at(-1);
      if (!end || rows.length < PAGE) return;
      last = { id: end.preferenceId, version: end.version };
    }
  }
}

function originOf({ provenance: { kind, source } }: Preference): Pick<ExportedRecord, 'source' | 'inferred'> {
  return kind === 'inferred_confirmed' ? { source, inferred: true } : { source };
}
