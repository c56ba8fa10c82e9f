import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import type { ReportConsent } from '../consents/consents.queries.js';
import { ConsentsService } from '../consents/consents.service.js';
import { withinToken } from '../consents/intersection.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import { CcxError } from '../platform/errors.js';
import { Random } from '../platform/random.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { announcementsOf } from './announcement.js';
import { type Admitted, type Arrival, arrivalOf } from './arrival.js';
import { candidateOf, recognise, type Reporter, type ReporterTerms } from './candidate.js';
import type { Read } from './cloud-event.js';
import { DeletionService } from './deletion.service.js';
import { ReportDto, ValidationDto } from './interactions.dto.js';
import { EventConflictError } from './interactions.errors.js';
import {
  claimKeys,
  contentOfKeys,
  insertCorrections,
  insertInteractions,
  insertVoids,
  nameOf,
  type NewInteraction,
  touchedBy,
} from './interactions.queries.js';
import { clockWarning } from './occurrence.js';
import { type Fate, resultsOf, type Sent } from './report.js';
import { NO_SPECIAL, withheld } from './special-products.js';

/** Takes what retailers report. */
@Injectable()
export class IntakeService {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly consents: ConsentsService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly deletion: DeletionService,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /**
   * Takes one event or a batch of up to 500, and answers what became of each: exactly the events that it calls stored
   * are stored, whatever became of the others. Sending a batch again is safe.
   *
   * @throws for a single event any error that a batch would report as its result
   */
  async report(reporter: Reporter, sent: Sent): Promise<ReportDto> {
    const now = this.clock.now();
    const fates = await this.database.transaction((tx) => this.take(tx, reporter, sent.reads, now));
    const [first] = fates;
    if (sent.single && first?.became instanceof CcxError) throw first.became;
    return ReportDto.of(resultsOf(sent, fates));
  }

  /** Answers what can be said of events without looking at any customer or consent. Nothing is kept. */
  async validate(reporter: Reporter, sent: Sent): Promise<ValidationDto> {
    return ValidationDto.of(resultsOf(sent, await this.judge(reporter, sent.reads, this.clock.now())));
  }

  /** What `validate` says of each event, in their order. */
  async judge(reporter: Reporter, reads: readonly Read[], now: Date): Promise<Fate[]> {
    const terms = await this.termsOf(reporter, this.database.reader);
    return reads.map((read) => {
      const candidate = candidateOf(read, reporter, terms, now);
      if (candidate instanceof CcxError) return { became: candidate, warnings: read.warnings };
      const { event, occurred } = candidate;
      if (occurred instanceof CcxError) return { became: occurred, warnings: read.warnings };
      const specials = withheld(event, NO_SPECIAL).withheld.map(
        (special) => `products of the class ${special} are withheld unless the customer has consented to keep them`,
      );
      return { became: 'valid', warnings: [...read.warnings, ...clockWarning(occurred), ...specials] };
    });
  }

  /**
   * Keeps what is new and consented, in a transaction of the caller, and answers what became of each event, in their
   * order. How many statements that takes depends neither on how many events nor on how many customers there are. The
   * customers' consents with the retailer are held until commit: none ends between the check and the insert, and what
   * one retailer reports of one customer at the same time is taken one after the other.
   */
  async take(tx: Tx, reporter: Reporter, reads: readonly Read[], now: Date): Promise<Fate[]> {
    const terms = await this.termsOf(reporter, tx);
    const candidates = reads.map((read) => candidateOf(read, reporter, terms, now));
    const recognised = recognise(candidates, reporter, terms);
    const consents = await this.consentsOf(tx, reporter, recognised.filter(isNoError));
    const arrivals = recognised.map((one) =>
      one instanceof CcxError ? one : arrivalOf(one, consents.get(one.customer.customerId) ?? [], reporter, now),
    );

    const settled = await this.settle(tx, reporter, arrivals.filter(isNoError), now);
    return arrivals.map((arrival, place) => {
      const { warnings } = reads[place] as Read;
      if (arrival instanceof CcxError) return { became: arrival, warnings };
      const became = settled.get(arrival) as Fate['became'];
      return { became, warnings: became === 'stored' ? [...warnings, ...arrival.warnings] : warnings };
    });
  }

  /** The consents of everybody whom these are about, held until commit, as far as this token may use them. */
  private async consentsOf(
    tx: Tx,
    reporter: Reporter,
    about: readonly { customer: CustomerKey }[],
  ): Promise<Map<string, ReportConsent[]>> {
    const customers = new Map(about.map(({ customer }) => [customer.customerId, customer]));
    if (customers.size === 0) return new Map();
    const consents = await this.consents.lockForReport(tx, [...customers.values()], reporter.retailerId);
    const within = ({ details, ...consent }: ReportConsent) => ({
      ...consent,
      details: [...withinToken(details, reporter)],
    });
    return new Map([...consents].map(([customerId, theirs]) => [customerId, theirs.map(within)]));
  }

  /** Keeps the first of each key that is new, and answers what became of them all. */
  private async settle(
    tx: Tx,
    reporter: Reporter,
    arrivals: readonly Arrival[],
    now: Date,
  ): Promise<Map<Arrival, Fate['became']>> {
    const firsts = new Map<string, Arrival & { admitted: Admitted }>();
    const rest: Arrival[] = [];
    for (const arrival of arrivals) {
      if (!isAdmitted(arrival) || firsts.has(nameOf(arrival))) rest.push(arrival);
      else firsts.set(nameOf(arrival), arrival);
    }
    const claimed = await claimKeys(
      tx,
      [...firsts.values()].map(({ admitted }) => admitted),
    );
    const stored = [...firsts].filter(([name]) => claimed.has(name)).map(([, arrival]) => arrival);
    for (const [name, arrival] of firsts) if (!claimed.has(name)) rest.push(arrival);
    await this.keep(
      tx,
      reporter,
      stored.map(({ admitted }) => ({ ...admitted, id: this.random.id() })),
      now,
    );

    const contents = await contentOfKeys(tx, rest);
    return new Map<Arrival, Fate['became']>([
      ...stored.map((arrival) => [arrival, 'stored'] as const),
      ...rest.map((arrival) => [arrival, repeatOf(arrival, contents.get(nameOf(arrival)))] as const),
    ]);
  }

  /** Keeps new events, with one audit entry and one outbox event for each customer. */
  private async keep(tx: Tx, reporter: Reporter, kept: readonly NewInteraction[], at: Date): Promise<void> {
    if (kept.length === 0) return;
    const { retailerId, clientId } = reporter;
    await insertInteractions(tx, reporter, kept, at);
    await insertVoids(
      tx,
      kept.flatMap(({ customer, voids, keyHash }) => (voids ? { customer, target: voids, by: keyHash } : [])),
      at,
    );
    const corrections = kept.filter(({ corrects }) => corrects);
    await insertCorrections(tx, corrections);
    const touched = await touchedBy(
      tx,
      kept.flatMap(({ customer, voids, corrects }) => {
        const target = voids ?? corrects;
        return target ? { customer, keyHash: target } : [];
      }),
    );

    const actor = { kind: 'retailer', id: retailerId, client: clientId } as const;
    const { entries, events } = announcementsOf(kept, touched, { at, actor, retailerId });
    await this.audit.appendAll(tx, entries);
    await this.outbox.enqueueAll(tx, events);
    await this.deletion.deleteCorrectionsOfDeleted(tx, corrections);
  }

  private async termsOf({ retailerId, clientId }: Reporter, reader: Reader): Promise<ReporterTerms> {
    return {
      pairwiseKey: await this.retailers.pairwiseKeyOf(retailerId, reader),
      sourcePrefixes: await this.retailers.sourcePrefixesOf(clientId, reader),
    };
  }
}

/**
 * What becomes of an event that is not kept, by the content under which its key is known. What is known stays known: an
 * event sent again is the same one, also once its consent has ended or its time has passed.
 */
function repeatOf({ admitted, contentHash }: Arrival, known: Buffer | undefined): 'duplicate' | CcxError {
  if (known?.equals(contentHash)) return 'duplicate';
  return !known && admitted instanceof CcxError ? admitted : new EventConflictError();
}

function isAdmitted(arrival: Arrival): arrival is Arrival & { admitted: Admitted } {
  return !(arrival.admitted instanceof CcxError);
}

function isNoError<T>(one: T | CcxError): one is T {
  return !(one instanceof CcxError);
}
