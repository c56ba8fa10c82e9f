import { Controller, Get, StreamableFile } from '@nestjs/common';

import { NotYetInTheLogError } from '../audit/log.errors.js';
import { ConsentNotFoundError } from '../consents/consents.errors.js';
import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { UuidParam } from '../platform/http/validation.js';
import { Weighs } from '../platform/overload/weight.js';
import { bundleAnswer, bundleFile } from './bundle-answer.js';
import { EvidenceBundles } from './evidence-bundles.service.js';

/** For customers: all that there is to show of a consent. */
@Controller('v1/me/consents')
export class BundlesController {
  constructor(private readonly bundles: EvidenceBundles) {}

  @Get(':id/bundle')
  @Access('customer', 'consents.read', 'disclosures.read')
  @RateLimit('bundles', { points: 60, seconds: 3600, by: 'principal' })
  @Weighs(4)
  @Operation({
    id: 'getConsentBundle',
    tag: 'Receipts (customer)',
    summary: 'Get everything that proves a consent',
    description:
      'One file with every state of the consent, your receipts, what you were shown, who read what under it, and the ' +
      'proofs that all of it is in the log: to hand to an authority, a court or a friend who knows about such things. ' +
      '`ccx verify` checks it offline; its `README.md` says how. Reads of the last seconds may be left out, which the ' +
      'manifest says; while a decision is not in the log yet, the answer is 409.',
    ok: bundleAnswer,
    errors: [ConsentNotFoundError, NotYetInTheLogError],
  })
  async bundle(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
  ): Promise<StreamableFile> {
    return bundleFile(id, await this.bundles.make({ customer, consentId: id, name: id, holder: 'customer' }));
  }
}
