import { gunzipSync, gzipSync } from 'node:zlib';

import { Injectable } from '@nestjs/common';

import { type StandingEvent, StandingInteractions } from '../interactions/standing.service.js';
import { open, seal } from '../platform/crypto/seal.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { findDays, markAllStale, markStale, saveDays, type SealedDay } from './days.queries.js';
import { dayOf, type DayEvidence, evidenceOf } from './evidence.js';
import { grouped } from './grouped.js';
import type { Rule } from './rules.js';

/** Before the first event that could have been reported, and after the last. */
const EVER = { from: new Date(0), to: new Date('9999-01-01T00:00:00Z') };

/** What the days of customers say, kept so that nothing has to be read twice. */
@Injectable()
export class EvidenceDays {
  constructor(
    private readonly standing: StandingInteractions,
    private readonly keys: SubjectKeys,
  ) {}

  /** Has every day looked at that says something, or may: they are those with events, and those that had some. */
  async markAll(tx: Tx, customer: CustomerKey): Promise<void> {
    await markAllStale(tx, customer);
    await markStale(tx, customer, await this.standing.days(tx, customer));
  }

  /** Looks at the events of some days, and keeps what they say now. */
  async look(tx: Tx, customer: CustomerKey, days: readonly string[], rules: readonly Rule[]): Promise<void> {
    if (days.length === 0) return;
    const evidence = evidenceByDay(await this.standing.on(tx, customer, days), rules);
    const { profileKey } = await this.keys.of(tx, customer);
    const said = evidence.map((one) => sealDay(customer, profileKey, one));
    await saveDays(tx, customer, days, said);
  }

  /** What was kept, by day. */
  async of(reader: Reader, customer: CustomerKey): Promise<DayEvidence[]> {
    const { profileKey } = await this.keys.of(reader, customer);
    return (await findDays(reader, customer)).map((row) => openDay(customer, profileKey, row));
  }

  /** The same from scratch: from every event that stands. Keeps nothing. */
  async fromScratch(reader: Reader, customer: CustomerKey, rules: readonly Rule[]): Promise<DayEvidence[]> {
    const events: StandingEvent[] = [];
    for await (const page of this.standing.between(reader, customer, EVER)) events.push(...page);
    return evidenceByDay(events, rules);
  }
}

/** Days that say nothing are left out. */
function evidenceByDay(events: readonly StandingEvent[], rules: readonly Rule[]): DayEvidence[] {
  const byDay = grouped(events, ({ occurredAt }) => dayOf(occurredAt));
  return [...byDay].map(([day, ofDay]) => evidenceOf(day, ofDay, rules)).filter(({ tallies }) => tallies.length > 0);
}

function sealDay(customer: CustomerKey, profileKey: Buffer, { day, tallies }: DayEvidence): SealedDay {
  return { day, sealed: seal(profileKey, gzipSync(JSON.stringify(tallies)), aadOf(customer, day)) };
}

function openDay(customer: CustomerKey, profileKey: Buffer, { day, sealed }: SealedDay): DayEvidence {
  const tallies = gunzipSync(open(profileKey, sealed, aadOf(customer, day))).toString();
  return { day, tallies: JSON.parse(tallies) as DayEvidence['tallies'] };
}

function aadOf({ customerId }: CustomerKey, day: string): string {
  return `${customerId}|suggestions|${day}`;
}
