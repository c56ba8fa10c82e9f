import { Controller, Get, Param, StreamableFile } from '@nestjs/common';

import { NotYetInTheLogError } from '../audit/log.errors.js';
import { bundleAnswer, bundleFile } from '../disclosures/bundle-answer.js';
import { Access, CurrentStaff, RecordsAct, type StaffPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { Weighs } from '../platform/overload/weight.js';
import { BundlesService } from './bundles.service.js';
import { AuditedConsentNotFoundError, NoEngagementError } from './oversight.errors.js';

/** For auditors: evidence that they can verify without the service, and show to others. */
@Controller('v1/audit/consents')
export class AuditBundlesController {
  constructor(private readonly bundles: BundlesService) {}

  @Get(':ref/bundle')
  @Access('auditor')
  @RecordsAct()
  @RateLimit('audit-bundles', { points: 600, seconds: 3600, by: 'principal' })
  @Weighs(4)
  @Operation({
    id: 'getAuditBundle',
    tag: 'Audit',
    summary: 'Get everything that proves a consent',
    description:
      'One file with the states of the consent within your engagement, the retailer’s receipts, what the customer was ' +
      'shown, the reads for purposes of the engagement, and the proofs that all of it is in the log; `ccx verify` checks ' +
      'it offline, and its `README.md` says how. It names the customer by the retailer’s pairwise subject and nowhere by ' +
      'their id. Reads of the last seconds may be left out, which the manifest says; while a decision is not in the log ' +
      'yet, the answer is 409. The customer is shown that you got it.',
    ok: bundleAnswer,
    errors: [NoEngagementError, AuditedConsentNotFoundError, NotYetInTheLogError],
  })
  async bundle(@CurrentStaff() auditor: StaffPrincipal, @Param('ref') ref: string): Promise<StreamableFile> {
    return bundleFile(ref, await this.bundles.make(auditor, ref));
  }
}
