import { Injectable } from '@nestjs/common';

import { LineOrigins } from '../consents/line-origins.service.js';
import type { CustomerPrincipal } from '../platform/http/access.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { TimelineService } from './timeline.service.js';
import { WhyDto } from './why.dto.js';

/** Answers why an interaction is known. */
@Injectable()
export class WhyService {
  constructor(
    private readonly timeline: TimelineService,
    private readonly origins: LineOrigins,
    private readonly retailers: RetailersService,
  ) {}

  /** @throws InteractionNotFoundError @throws ConsentNotFoundError when the caller may not know of the consent */
  async of({ customer, delegation }: CustomerPrincipal, id: string): Promise<WhyDto> {
    const event = await this.timeline.event(customer, id);
    const { consentId, consentVersion, type: eventType, touchpoint, occurredAt, receivedAt: arrivedAt } = event;
    const report = { eventType, touchpoint, occurredAt, arrivedAt };
    const origin = await this.origins.of(customer, { id: consentId, version: consentVersion }, report, delegation);
    const retailers = await this.retailers.describe([event.retailerId]);
    const known = await this.retailers.clientById(event.clientId);
    return WhyDto.of(event, origin, {
      retailerName: retailers.get(event.retailerId)?.name ?? event.retailerId,
      clientName: known?.client.name ?? null,
      isDelegate: delegation !== undefined,
    });
  }
}
