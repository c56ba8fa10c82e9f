import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { customerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { RetailersService } from '../retailers/retailers.service.js';
import type { Consent } from './consent.entity.js';
import { ConsentWithReceiptDto } from './consent-commands.dto.js';
import { ConsentDto } from './consents.dto.js';
import { ReceiptDto } from './receipts.dto.js';
import { ReceiptsService } from './receipts.service.js';

/** Consents as their customer is answered. */
@Injectable()
export class ConsentAnswers {
  constructor(
    private readonly database: Database,
    private readonly retailers: RetailersService,
    private readonly receipts: ReceiptsService,
    private readonly clock: Clock,
  ) {}

  async describe(consents: readonly Consent[]): Promise<ConsentDto[]> {
    const retailers = await this.retailers.describe(consents.map(({ retailerId }) => retailerId));
    const now = this.clock.now();
    return consents.flatMap((consent) => {
      const retailer = retailers.get(consent.retailerId);
      return retailer ? [ConsentDto.of(consent, retailer, now)] : [];
    });
  }

  /** What a command answers: the state, and the receipt of the change that led to it. */
  async withReceipt(consent: Consent): Promise<ConsentWithReceiptDto> {
    const { customerId, id, version } = consent;
    const described = ConsentDto.of(consent, await this.retailers.get(consent.retailerId), this.clock.now());
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
