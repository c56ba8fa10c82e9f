import { Injectable } from '@nestjs/common';

import type { CustomerKey } from './customer-key.js';

/** What is kept of a customer only because it is quicker than working it out: all of it follows from other data. */
export interface DerivedData {
  /** As `ccx rebuild <name>` names it. */
  readonly name: string;
  /** Works it out anew and keeps that. Opens a transaction of its own, and waits for whoever is changing the same. */
  rebuild(customer: CustomerKey): Promise<void>;
  /** How many records differ from what working it out anew gives; changes nothing. */
  check(customer: CustomerKey): Promise<number>;
}

/** Rebuilding runs over this registry, so that whoever derives something can also prove that it is right. */
@Injectable()
export class Derived {
  private readonly registered = new Map<string, DerivedData>();

  /** Call it while the module is set up. */
  register(data: DerivedData): void {
    if (this.registered.has(data.name)) throw new Error(`There is derived data called ${data.name} already.`);
    this.registered.set(data.name, data);
  }

  all(): readonly DerivedData[] {
    return [...this.registered.values()];
  }
}
