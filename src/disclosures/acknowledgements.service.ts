import { Injectable, type OnModuleInit } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { deriveKey, hmac, open, seal } from '../platform/crypto/seal.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Reader } from '../platform/database/database.js';
import { actorOf, type RetailerPrincipal } from '../platform/http/access.js';
import { canonicalJson } from '../platform/json.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { AcknowledgedItem, Acknowledgement } from './acknowledgement.js';
import { assertAcknowledgeable } from './acknowledgement-rules.js';
import {
  countAcknowledgements,
  eraseAcknowledgements,
  listAcknowledgements,
  putAcknowledgements,
  type SealedAcknowledgement,
} from './acknowledgements.queries.js';
import { TooManyAcknowledgementsError } from './disclosures.errors.js';
import { type Admitted, StandingsService } from './standings.service.js';

/** Of one consent. The vocabulary has fewer attributes and touchpoints; it is their keys that could go on for ever. */
export const MOST_ACKNOWLEDGEMENTS = 1_000;
const READ_AT_ONCE = 1_000;

/** Where one page ends and the next begins. */
export type AcknowledgementPlace = Pick<SealedAcknowledgement, 'at' | 'consentId' | 'item'>;
export type ListedAcknowledgement = Acknowledgement & AcknowledgementPlace;

/** What retailers say of the preferences that they were given: whether a touchpoint honours them, and if not, why. */
@Injectable()
export class AcknowledgementsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly standings: StandingsService,
    private readonly vocabularies: VocabularyService,
    private readonly keys: SubjectKeys,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
    private readonly personalData: PersonalData,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      module: 'acknowledgements',
      tables: ['acknowledgements'],
      export: (reader, customer) => this.export(reader, customer),
      erase: eraseAcknowledgements,
    });
  }

  /**
   * Keeps what a retailer says, all of it or nothing, in the place of what it said before of the same. What is shared
   * is decided by the consent as it stands when it is looked at, as with a read.
   *
   * @param subject whom it is about; left out with a token of a consent
   * @throws NoConsentError ConsentPausedError RetailerSuspendedError OutsideConsentError OutsideViewError
   * @throws InvalidRequestError TooManyAcknowledgementsError
   */
  async acknowledge(
    caller: RetailerPrincipal,
    subject: string | undefined,
    items: readonly AcknowledgedItem[],
  ): Promise<Admitted> {
    const admitted = await this.standings.admitted(caller, subject, '/subject');
    const { customer, consent } = admitted;
    assertAcknowledgeable(items, this.vocabularies.current().seenBy(caller.retailerId), admitted);

    const profileKey = this.keys.unwrapProfileKey(customer, consent.profileKey);
    const sealed = items.map((item) => sealedItem(profileKey, customer, consent.id, item));
    await this.database.transaction(async (tx) => {
      const at = this.clock.now();
      const { retailerId, clientId } = caller;
      await putAcknowledgements(tx, customer, { consentId: consent.id, retailerId, clientId }, sealed, at);
      if ((await countAcknowledgements(tx, customer, consent.id)) > MOST_ACKNOWLEDGEMENTS) {
        throw new TooManyAcknowledgementsError(MOST_ACKNOWLEDGEMENTS);
      }
      const event = { type: 'preferences.acknowledged', at, customer, retailerId, data: { count: items.length } };
      const { id, version } = consent;
      const attributes = [...new Set(items.map(({ attribute }) => attribute))];
      await this.audit.append(tx, { ...event, actor: actorOf(caller), consent: { id, version }, attributes });
      await this.outbox.enqueue(tx, { ...event, subject: id });
    });
    return admitted;
  }

  /** What retailers said, the latest first. */
  async list(
    customer: CustomerKey,
    page: { retailerId?: string; after?: AcknowledgementPlace; limit: number },
    reader: Reader = this.database.reader,
  ): Promise<ListedAcknowledgement[]> {
    const rows = await listAcknowledgements(reader, customer, page);
    const { profileKey } = await this.keys.of(reader, customer);
    return rows.map((row) => ({ ...row, ...openedItem(profileKey, customer, row) }));
  }

  /** The latest that one retailer said of each attribute, key and touchpoint, under whichever consent. */
  async of(customer: CustomerKey, retailerId: string): Promise<readonly Acknowledgement[]> {
    const said = await this.list(customer, { retailerId, limit: MOST_ACKNOWLEDGEMENTS });
    const latest = new Map<string, Acknowledgement>();
    for (const { item, ...acknowledgement } of said) {
      const name = item.toString('base64');
      if (!latest.has(name)) latest.set(name, acknowledgement);
    }
    return [...latest.values()];
  }

  private async *export(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
    let after: AcknowledgementPlace | undefined;
    do {
      const page = await this.list(customer, { after, limit: READ_AT_ONCE }, reader);
      for (const { retailerId, consentId, at, item: _, ...said } of page) {
        const record = { ...namesOf(said), retailer_id: retailerId, consent_id: consentId, at: at.toISOString() };
        yield { kind: 'acknowledgement', record, source: retailerId };
      }
      after = page.length === READ_AT_ONCE ? page.at(-1) : undefined;
    } while (after);
  }
}

function namesOf({ attribute, key, touchpoint, status, reason }: AcknowledgedItem) {
  return { attribute, key, touchpoint, status, reason };
}

/** The key of an item may be an allergen: it is sealed, and stands in the row's own key by a code that only we can make. */
function sealedItem(
  profileKey: Buffer,
  customer: CustomerKey,
  consentId: string,
  said: AcknowledgedItem,
): Pick<SealedAcknowledgement, 'item' | 'sealed'> {
  const { attribute, key, touchpoint } = said;
  const item = hmac(deriveKey(profileKey, 'acknowledged item'), canonicalJson([attribute, key, touchpoint]));
  return { item, sealed: seal(profileKey, JSON.stringify(namesOf(said)), aadOf(customer, consentId, item)) };
}

function openedItem(profileKey: Buffer, customer: CustomerKey, row: SealedAcknowledgement): AcknowledgedItem {
  const text = open(profileKey, row.sealed, aadOf(customer, row.consentId, row.item)).toString();
  return JSON.parse(text) as AcknowledgedItem;
}

function aadOf({ customerId }: CustomerKey, consentId: string, item: Buffer): string {
  return `acknowledgement|${customerId}|${consentId}|${item.toString('base64')}`;
}
