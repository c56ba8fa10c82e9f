import { Injectable } from '@nestjs/common';

import type { CustomerKey } from './customer-key.js';
import type { Reader, Tx } from './database/database.js';
import type { JsonObject } from './json.js';

/** What one module holds of a customer: its tables, how to hand it over and how to destroy it. */
export interface PersonalDataOfModule {
  module: string;
  /** Every table of the module that has a `customer_id`. */
  tables: readonly string[];
  /** Yields all that is held of the customer, opened, in bounded pages. */
  export(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord>;
  /**
   * Whether it goes in the very transaction that ends the account, rather than one module after another once that is
   * done: whatever lets somebody in or act for the customer.
   */
  atOnce?: true;
  /** Deletes it all. Keys are destroyed separately and first, so that a failure here leaks nothing readable. */
  erase(tx: Tx, customer: CustomerKey): Promise<void>;
}

export interface ExportedRecord {
  /** What it is, in the words of the API: `preference`, `consent`, `interaction`. */
  kind: string;
  record: JsonObject;
  /** Whether the customer provided it (GDPR Article 20): it belongs to what they may take along. */
  provided?: true;
  /** Where it came from, unless it came about here: `customer`, the id of a retailer, or what an import was called. */
  source?: string;
  /** The id of the retailer that got it. */
  recipient?: string;
  /** Whether it was concluded from other data. */
  inferred?: true;
}

/** Export and erasure run over this registry, so that a new module cannot be forgotten by either. */
@Injectable()
export class PersonalData {
  private readonly modules: PersonalDataOfModule[] = [];

  register(module: PersonalDataOfModule): void {
    if (this.modules.some((known) => known.module === module.module)) {
      throw new Error(`Module ${module.module} has registered its personal data already.`);
    }
    this.modules.push(module);
  }

  registered(): readonly PersonalDataOfModule[] {
    return this.modules;
  }

  /** Hands over all that is held of the customer, module by module. */
  async *export(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
    for (const module of this.modules) yield* module.export(reader, customer);
  }

  /** Deletes all that these modules hold of the customer, or all. Other than that the transaction goes on as it was. */
  async erase(tx: Tx, customer: CustomerKey, modules = this.inOrderOfErasure()): Promise<void> {
    await tx.query('set local role ccx_erase');
    for (const { erase } of modules) await erase(tx, customer);
    await tx.query('reset role');
  }

  /** Modules are set up in the order of their imports, and rows refer to rows along those: what came last goes first. */
  inOrderOfErasure(): readonly PersonalDataOfModule[] {
    return this.modules.toReversed();
  }
}
