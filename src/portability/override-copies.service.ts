import { Injectable } from '@nestjs/common';

import type { Actor } from '../platform/http/access.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { Tx } from '../platform/database/database.js';
import { Random } from '../platform/random.js';
import type { Preference } from '../preferences/preference.js';
import { type ProfileRule, Profiles } from '../preferences/profiles.js';
import { stated } from '../preferences/statement.js';
import { type Copying, type LeftOverride, overridesOf, statementFor } from './switch-overrides.js';

/** What came of copying. */
export interface CopiedOverrides {
  readonly copied: readonly { readonly from: Preference; readonly copy: Preference }[];
  readonly left: readonly LeftOverride[];
}

/** States for one retailer what is stated for another one. */
@Injectable()
export class OverrideCopies {
  constructor(
    private readonly profiles: Profiles,
    private readonly random: Random,
  ) {}

  /** What would come of it. Nothing is changed. @throws TooManyPreferencesError */
  async preview(customer: CustomerKey, copying: Copying, actor: Actor): Promise<CopiedOverrides> {
    const { rule, outcome } = this.copies(copying, actor);
    await this.profiles.preview(customer, actor, rule);
    return outcome();
  }

  /** @throws TooManyPreferencesError, CategoryFullError */
  async copy(tx: Tx, customer: CustomerKey, copying: Copying, actor: Actor): Promise<CopiedOverrides> {
    const { rule, outcome } = this.copies(copying, actor);
    await this.profiles.change(customer, actor, rule, tx);
    return outcome();
  }

  private copies(copying: Copying, actor: Actor): { rule: ProfileRule; outcome: () => CopiedOverrides } {
    let outcome: CopiedOverrides = { copied: [], left: [] };
    const author = { actor, provenance: { kind: 'stated', source: 'switch' } } as const;
    const rule: ProfileRule = (profile, at) => {
      const { copied: chosen, left } = overridesOf(profile.all(), copying, at);
      const copied = chosen.map((from) => {
        const copy = stated(statementFor(from, copying.to), { id: this.random.id() }, author, at);
        profile.put(copy);
        return { from, copy };
      });
      outcome = { copied, left };
      return copied.map(({ copy }) => ({ change: 'recorded', preference: copy }));
    };
    return { rule, outcome: () => outcome };
  }
}
