import { Controller, Get, Query } from '@nestjs/common';

import { ConsentPausedError, NoConsentError, OutsideConsentError } from '../consents/consents.errors.js';
import { InvalidProofError } from '../platform/errors.js';
import {
  Access,
  ChecksClientInStatement,
  CurrentRetailer,
  RecordsProof,
  type RetailerPrincipal,
} from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { ContactPermissionDto, ContactPermissionQuery } from './contact-permission.dto.js';
import { ContactPermissionService } from './contact-permission.service.js';
import { DailyReadsSpentError, OutsideViewError } from './disclosures.errors.js';

/** For retailers: whether a customer may be contacted now. */
@Controller('v1/contact-permission')
export class ContactPermissionController {
  constructor(private readonly permissions: ContactPermissionService) {}

  @Get()
  @Access('retailer', 'preferences.read')
  @ChecksClientInStatement()
  @RecordsProof()
  @RateLimit('contact-permissions', { points: 60_000, seconds: 60, by: 'principal' })
  @Operation({
    id: 'getContactPermission',
    tag: 'Preferences (retailer)',
    summary: 'Ask whether you may contact a customer now',
    description:
      'With a token of a consent, or with your client’s own and a `subject`. It takes a consent to `contact.marketing` ' +
      'for direct marketing, and is recorded for the customer like any read of it. Ask right before each contact and ' +
      'report it (`promotion.offered`, with its `channel`): customers set how often they are contacted, by you and by ' +
      'everybody together. You are told what is left of what they take from you; whatever else stands against it is a ' +
      'plain no. At the touchpoints `beacon` and `social`, which learn of nothing but a yes or a no, that is all: ' +
      '`max_per_week` and `remaining` are null there, and the topic plays no part.',
    ok: {
      status: 200,
      type: ContactPermissionDto,
      description: 'Whether you may.',
      example: {
        subject: 'p1PHkE2qXbQmC0dZ3Vt8sYwA',
        consent: {
          id: '019a9f3e-7b1c-7d20-9f5e-1c2d3e4f5a6b',
          version: 1,
          status: 'active',
          expires_at: '2027-05-21T09:30:00.000Z',
        },
        channel: 'email',
        topic: 'offers',
        purpose: 'dpv:DirectMarketing',
        touchpoint: 'email',
        at: '2026-11-21T09:30:00.412Z',
        may_contact: true,
        max_per_week: 2,
        remaining: 1,
        valid_until: '2026-11-21T20:00:00.000Z',
        disclosure_id: '019a9f41-0c55-7a3e-8d10-5f6a7b8c9d0e',
      } satisfies ContactPermissionDto,
    },
    errors: [
      NoConsentError,
      OutsideConsentError,
      OutsideViewError,
      ConsentPausedError,
      RetailerSuspendedError,
      DailyReadsSpentError,
      InvalidProofError,
    ],
  })
  async getContactPermission(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Query() query: ContactPermissionQuery,
  ): Promise<ContactPermissionDto> {
    return ContactPermissionDto.of(query, await this.permissions.ask(caller, ContactPermissionQuery.inquiryOf(query)));
  }
}
