import { Injectable } from '@nestjs/common';

import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import type { ActingFor } from '../platform/http/access.js';
import type { Consent } from './consent.entity.js';
import { ConsentRequest, type RequestOrigin } from './consent-request.entity.js';
import type { ConsentVersion } from './consent-version.entity.js';
import { ConsentsService } from './consents.service.js';
import type { InteractionsDetail } from './detail.js';
import { findReceipt } from './receipts.queries.js';
import { coversReport, type Report } from './reporting.js';

/** By which line of which consent something was reported, and how that line came to be given. */
export interface LineOrigin {
  /** The consent as it is today. */
  readonly consent: Consent;
  /** Null where the consent had no such line: never, unless the meaning of lines has changed since. */
  readonly line: InteractionsDetail | null;
  /** The version since which there is this line. */
  readonly given: ConsentVersion | null;
  /** How the request for it had reached the customer; null where none led to it, as with a change by the customer. */
  readonly origin: RequestOrigin | null;
}

/** Answers by what right something was reported. */
@Injectable()
export class LineOrigins {
  constructor(
    private readonly database: Database,
    private readonly consents: ConsentsService,
  ) {}

  /**
   * The line by which a version of a consent let a report in.
   *
   * @throws ConsentNotFoundError when the caller may not know of the consent
   */
  async of(
    customer: CustomerKey,
    { id, version }: { id: string; version: number },
    report: Report,
    delegation?: ActingFor,
  ): Promise<LineOrigin> {
    const { consent, versions } = await this.consents.history(customer, id, delegation);
    const line = versions.find((made) => made.version === version)?.details.find((detail) => covers(detail, report));
    if (!line) return { consent, line: null, given: null, origin: null };
    // A line keeps its id when it is widened: it is given where it first covered this.
    const given = versions.find(({ details }) =>
      details.some((detail) => detail.id === line.id && covers(detail, report)),
    ) as ConsentVersion;
    return { consent, line, given, origin: await this.originOf(customer, given) };
  }

  private async originOf(customer: CustomerKey, { consentId, version }: ConsentVersion): Promise<RequestOrigin | null> {
    const { reader } = this.database;
    const receipt = await findReceipt(reader, customer, consentId, version);
    if (!receipt?.requestId) return null;
    const request = await reader.findOneBy(ConsentRequest, { ...customer, id: receipt.requestId });
    return request?.origin ?? null;
  }
}

// Whatever became of the consent later: when this version held, it was neither paused nor over.
function covers(detail: { id: string }, report: Report): detail is InteractionsDetail {
  const held = { status: 'active', endedAt: null, reportedData: null } as const;
  return coversReport(detail as InteractionsDetail, report, held) === 'covered';
}
