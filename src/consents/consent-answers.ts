import { Injectable } from '@nestjs/common';

import { DelegationRights } from '../customers/delegation-rights.service.js';
import { Clock } from '../platform/clock.js';
import { customerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import type { ActingFor } from '../platform/http/access.js';
import { type RetailerDescription, RetailersService } from '../retailers/retailers.service.js';
import type { Consent } from './consent.entity.js';
import { ConsentWithReceiptDto } from './consent-commands.dto.js';
import type { ConsentRequest } from './consent-request.entity.js';
import { ConsentRequestDto, type RefusedDto } from './consent-requests.dto.js';
import type { ConsentVersion } from './consent-version.entity.js';
import { ConsentWithVersionsDto } from './consent-versions.dto.js';
import { ConsentDto } from './consents.dto.js';
import { ConsentNotFoundError } from './consents.errors.js';
import { visibleConsent } from './delegate-view.js';
import { ReceiptDto } from './receipts.dto.js';
import { ReceiptsService } from './receipts.service.js';

/** Consents and requests as their customer is answered. */
@Injectable()
export class ConsentAnswers {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly receipts: ReceiptsService,
    private readonly clock: Clock,
    private readonly rights: DelegationRights,
  ) {}

  /** For whoever acts for the customer, as far as they may know of it. */
  async describe(consents: readonly Consent[], delegation?: ActingFor): Promise<ConsentDto[]> {
    const retailers = await this.retailers.describe(consents.map(({ retailerId }) => retailerId));
    const now = this.clock.now();
    return consents.flatMap((consent) => {
      const retailer = retailers.get(consent.retailerId);
      const described = retailer && visibleConsent(ConsentDto.of(consent, retailer, now), delegation);
      return described ? [described] : [];
    });
  }

  /** Requests, in the same way. */
  async describeRequests(requests: readonly ConsentRequest[], delegation?: ActingFor): Promise<ConsentRequestDto[]> {
    const retailers = await this.retailers.describe(requests.map(({ retailerId }) => retailerId));
    const now = this.clock.now();
    return requests.flatMap((request) => {
      const retailer = retailers.get(request.retailerId);
      if (!retailer) return [];
      const described = ConsentRequestDto.of(request, retailer, now);
      // What a rule has struck may be special, and rules are the customer's alone.
      return [delegation ? { ...described, struck: [] } : described];
    });
  }

  /** A request that has been refused, with the receipt of that: which is for the customer alone. */
  async refused(request: ConsentRequest, delegation?: ActingFor): Promise<RefusedDto> {
    const [described] = await this.describeRequests([request], delegation);
    const { reader } = this.database;
    const receipt = delegation
      ? null
      : await this.receipts.ofRequest(reader, customerKey(request.customerId), request.id);
    return { ...(described as ConsentRequestDto), receipt: receipt && ReceiptDto.of(receipt) };
  }

  /** A consent and all its states, with who brought them about. @throws ConsentNotFoundError */
  async withVersions(
    { consent, versions }: { consent: Consent; versions: readonly ConsentVersion[] },
    retailer: RetailerDescription,
    delegation: ActingFor | undefined,
  ): Promise<ConsentWithVersionsDto> {
    const delegations = versions.flatMap(({ actor }) => actor.delegation ?? []);
    const names = await this.rights.namesOf(customerKey(consent.customerId), delegation ? [] : delegations);
    const described = visibleConsent(ConsentDto.of(consent, retailer, this.clock.now()), delegation);
    if (!described) throw new ConsentNotFoundError(consent.id);
    return ConsentWithVersionsDto.withVersions(described, versions, names, delegation);
  }

  /**
   * What a command answers: the state, and the receipt of the change that led to it. Receipts tell of all lines: they
   * are for the customer alone.
   */
  async withReceipt(consent: Consent, delegation?: ActingFor): Promise<ConsentWithReceiptDto> {
    const { customerId, id, version } = consent;
    const whole = ConsentDto.of(consent, await this.retailers.get(consent.retailerId), this.clock.now());
    const described = visibleConsent(whole, delegation) ?? { ...whole, details: [] };
    if (delegation) return { ...described, receipt: null };
    const receipt = await this.receipts.of(this.database.reader, customerKey(customerId), id, version);
    return { ...described, receipt: receipt && ReceiptDto.of(receipt) };
  }

  /** The same of many consents of one customer. */
  async withReceipts(consents: readonly Consent[]): Promise<ConsentWithReceiptDto[]> {
    const [described, receipts] = await Promise.all([this.describe(consents), this.receipts.ofVersions(consents)]);
    return described.map((consent) => {
      const receipt = receipts.find(({ consentId }) => consentId === consent.id);
      return { ...consent, receipt: receipt ? ReceiptDto.of(receipt) : null };
    });
  }
}
