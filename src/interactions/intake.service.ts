import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { batchTree, leafHashOf } from '../audit/batch-tree.js';
import { ConsentsService } from '../consents/consents.service.js';
import { withinToken } from '../consents/intersection.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { atOnce } from '../platform/at-once.js';
import { Clock } from '../platform/clock.js';
import { decodeSubject } from '../platform/crypto/pairwise.js';
import { type CustomerKey, sameCustomer } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { CcxError } from '../platform/errors.js';
import { actorOf, type RetailerPrincipal } from '../platform/http/access.js';
import { Random } from '../platform/random.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { admit } from './admission.js';
import { type Read, readEvent, type ReportedEvent } from './cloud-event.js';
import { contentHashOf, keyHashOf } from './identity.js';
import { ReportDto } from './interactions.dto.js';
import {
  EventConflictError,
  EventInFutureError,
  EventTooOldError,
  InvalidEventError,
  NoConsentAtTimeError,
} from './interactions.errors.js';
import {
  claimKeys,
  contentOfKeys,
  insertInteractions,
  insertVoids,
  type NewInteraction,
} from './interactions.queries.js';
import { occurrenceOf } from './occurrence.js';
import { eventsOf, type Fate, resultOf } from './report.js';

/** Each customer of a batch is a transaction of its own; so many of them are under way at once. */
const TRANSACTIONS_AT_ONCE = 4;

/** A valid event of a known place in the report, about a customer. */
interface Candidate {
  place: number;
  event: ReportedEvent;
  occurredAt: Date;
  keyHash: Buffer;
  contentHash: Buffer;
}

/** Takes what retailers report. */
@Injectable()
export class IntakeService {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly consents: ConsentsService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /**
   * Takes one event or a batch of up to 500, and answers what became of each: exactly the events that it calls stored
   * are stored, whatever became of the others. Sending a batch again is safe.
   *
   * @throws InvalidBatchError, and for a single event any error that a batch would report as its result
   */
  async report(caller: RetailerPrincipal, body: unknown): Promise<ReportDto> {
    const { events, single } = eventsOf(body);

    const now = this.clock.now();
    const reads = events.map(readEvent);
    const fates: (Fate | undefined)[] = [];
    const groups = await this.sort(caller, reads, fates, now);
    await atOnce(TRANSACTIONS_AT_ONCE, groups, async ({ customer, candidates }) => {
      const decided = await this.database.transaction((tx) => this.keep(tx, caller, customer, candidates, now));
      for (const [place, fate] of decided) fates[place] = fate;
    });

    const results = reads.map((read, index) => {
      const fate = fates[index] as Fate;
      if (single && typeof fate !== 'string') throw fate;
      return resultOf(fate, { ...read, index });
    });
    return ReportDto.of(results);
  }

  /** Decides what can be decided about each event by itself, and puts the others together by customer. */
  private async sort(caller: RetailerPrincipal, reads: readonly Read[], fates: (Fate | undefined)[], now: Date) {
    const retailerKey = await this.retailers.pairwiseKeyOf(caller.retailerId);
    const groups = new Map<string, { customer: CustomerKey; candidates: Candidate[] }>();
    for (const [place, { event, errors }] of reads.entries()) {
      if (!event) {
        fates[place] = new InvalidEventError(errors);
        continue;
      }
      if (event.subject === undefined && !caller.consent) {
        fates[place] = new InvalidEventError([{ pointer: '/subject', detail: 'is required with this token' }]);
        continue;
      }
      const customer = customerOf(event, caller, retailerKey);
      const occurrence = occurrenceOf(event, now);
      if (!customer) fates[place] = new NoConsentAtTimeError();
      else if ('refused' in occurrence) {
        fates[place] = occurrence.refused === 'event-too-old' ? new EventTooOldError() : new EventInFutureError();
      } else {
        const group = groups.get(customer.customerId) ?? { customer, candidates: [] };
        groups.set(customer.customerId, group);
        group.candidates.push({
          place,
          event,
          occurredAt: occurrence.at,
          keyHash: keyHashOf(caller.clientId, event.source, event.id),
          contentHash: contentHashOf(event),
        });
      }
    }
    return [...groups.values()];
  }

  /** Keeps what is new and consented of one customer's events, with one audit entry and one outbox event. */
  private async keep(
    tx: Tx,
    caller: RetailerPrincipal,
    customer: CustomerKey,
    candidates: readonly Candidate[],
    now: Date,
  ): Promise<Map<number, Fate>> {
    const fates = new Map<number, Fate>();
    // Held until commit, so that a consent cannot end between the check and the insert.
    const consents = (await this.consents.lockForReport(tx, customer, caller.retailerId)).map(
      ({ details, ...consent }) => ({ ...consent, details: [...withinToken(details, caller)] }),
    );
    const firsts = new Map<string, NewInteraction & { place: number }>();
    const repeats: Candidate[] = [];
    const refused: (Candidate & { refusal: CcxError })[] = [];
    for (const candidate of candidates) {
      const key = candidate.keyHash.toString('hex');
      const consent = admit(candidate.event, candidate.occurredAt, consents, now);
      if (consent instanceof CcxError) refused.push({ ...candidate, refusal: consent });
      else if (firsts.has(key)) repeats.push(candidate);
      else firsts.set(key, this.interactionOf(caller, candidate, consent));
    }

    const claimed = firsts.size > 0 ? await claimKeys(tx, customer, [...firsts.values()]) : new Set<string>();
    const kept: (NewInteraction & { place: number })[] = [];
    // What is known stays known: an event sent again is the same one, also once its consent has ended.
    const others: { place: number; keyHash: Buffer; contentHash: Buffer; refusal?: CcxError }[] = [
      ...repeats,
      ...refused,
    ];
    for (const [key, first] of firsts) (claimed.has(key) ? kept : others).push(first);
    const contents = await contentOfKeys(
      tx,
      customer,
      others.map(({ keyHash }) => keyHash),
    );

    for (const { place } of kept) fates.set(place, 'stored');
    for (const { place, keyHash, contentHash, refusal } of others) {
      const content = contents.get(keyHash.toString('hex'));
      if (content?.equals(contentHash)) fates.set(place, 'duplicate');
      else fates.set(place, (!content && refusal) || new EventConflictError());
    }
    if (kept.length > 0) await this.insert(tx, caller, customer, kept, now);
    return fates;
  }

  private async insert(
    tx: Tx,
    caller: RetailerPrincipal,
    customer: CustomerKey,
    kept: readonly NewInteraction[],
    at: Date,
  ): Promise<void> {
    await insertInteractions(tx, customer, caller, kept, at);
    await insertVoids(
      tx,
      customer,
      kept.flatMap(({ voids, keyHash }) => (voids ? [{ target: voids, by: keyHash }] : [])),
      at,
    );

    const { retailerId } = caller;
    const [first] = kept as [NewInteraction, ...NewInteraction[]];
    // One after the other, several consents may have let parts of a batch in: then each event's own row says which.
    const isOfOne = kept.every(({ consentId }) => consentId === first.consentId);
    const { root } = batchTree(kept.map(({ contentHash }) => leafHashOf(contentHash)));
    const data = { count: kept.length, root: root.toString('base64url') };
    await this.audit.append(tx, {
      type: 'interactions.reported',
      at,
      actor: actorOf(caller),
      customer,
      retailerId,
      ...(isOfOne && { consent: { id: first.consentId, version: first.consentVersion } }),
      data,
    });
    await this.outbox.enqueue(tx, { type: 'interactions.reported', at, customer, retailerId, subject: first.id, data });
  }

  private interactionOf(
    { clientId }: RetailerPrincipal,
    { place, event, occurredAt, keyHash, contentHash }: Candidate,
    consent: { id: string; version: number },
  ): NewInteraction & { place: number } {
    const { source, id, type, touchpoint, stage, correlation, data } = event;
    const interaction = {
      place,
      id: this.random.id(),
      keyHash,
      contentHash,
      occurredAt,
      consentId: consent.id,
      consentVersion: consent.version,
      type,
      touchpoint,
      stage,
      source,
      eventId: id,
      correlation: correlation ?? null,
      data,
    };
    if (type !== 'event.voided') return interaction;
    const target = data as { id: string; source?: string };
    return { ...interaction, voids: keyHashOf(clientId, target.source ?? source, target.id) };
  }
}

/** Whom the event is about, or null when the retailer was never given such a subject or the token names another. */
function customerOf(
  { subject }: ReportedEvent,
  { consent }: RetailerPrincipal,
  retailerKey: Buffer,
): CustomerKey | null {
  if (subject === undefined) return consent?.customer ?? null;
  const customer = decodeSubject(subject, retailerKey);
  return customer && consent && !sameCustomer(customer, consent.customer) ? null : customer;
}
