import type { Readable } from 'node:stream';

import { Injectable } from '@nestjs/common';

import { EvidenceBundles } from '../disclosures/evidence-bundles.service.js';
import type { StaffPrincipal } from '../platform/http/access.js';
import { AuditorActs } from './auditor-acts.service.js';
import { ConsentsInView } from './consents-in-view.service.js';
import { Engagements } from './engagements.service.js';

/** Bundles of consents for auditors, as far as their engagements reach. */
@Injectable()
export class BundlesService {
  constructor(
    private readonly engagements: Engagements,
    private readonly consents: ConsentsInView,
    private readonly acts: AuditorActs,
    private readonly bundles: EvidenceBundles,
  ) {}

  /** @throws NoEngagementError, AuditedConsentNotFoundError, NotYetInTheLogError */
  async make(auditor: StaffPrincipal, ref: string): Promise<Readable> {
    const engagement = await this.engagements.of(auditor);
    const { consent, customer } = await this.consents.get(engagement, ref);
    const { id, version, retailerId } = consent;
    await this.acts.record(auditor, 'audit.bundled', { customer, retailerId, consent: { id, version }, data: { ref } });
    const { from, to, purposes } = engagement;
    const within = { from, to, ...(purposes && { purposes }) };
    return this.bundles.make({ customer, consentId: id, name: ref, holder: 'retailer', within });
  }
}
