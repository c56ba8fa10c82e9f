import { Body, Controller, Headers, Patch, Post, Res } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Clock } from '../platform/clock.js';
import { PreconditionFailedError, PreconditionRequiredError } from '../platform/errors.js';
import { Access, actorOf, CurrentCustomer, type CustomerPrincipal, Delegable } from '../platform/http/access.js';
import { OutsideDelegationError } from '../platform/http/delegation.errors.js';
import { requireIfMatch } from '../platform/http/etag.js';
import { Operation } from '../platform/http/operation.js';
import { UuidParam } from '../platform/http/validation.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { BulkWithdrawalDto, BulkWithdrawnDto } from './bulk-withdrawals.dto.js';
import { BulkWithdrawals } from './bulk-withdrawals.service.js';
import { ConsentAnswers } from './consent-answers.js';
import { AmendmentDto, ConsentWithReceiptDto, RenewalDto, WithdrawalDto } from './consent-commands.dto.js';
import { ConsentLifecycle } from './consent-lifecycle.service.js';
import { ConsentRenewals } from './consent-renewals.service.js';
import { consentEtag } from './consents.dto.js';
import {
  ConsentNotFoundError,
  ConsentStateError,
  NothingKeptError,
  NoticeOutdatedError,
  NotRenewableError,
} from './consents.errors.js';
import { ConsentsService } from './consents.service.js';
import {
  amendedExample,
  bulkExample,
  pausedExample,
  renewedExample,
  resumedExample,
  withdrawnExample,
} from './lifecycle-examples.js';

const tag = 'Consents (customer)';

/** What the customer does with consents once they are given: it takes less to end one than to give it. */
@Controller('v1/me/consents')
export class ConsentCommandsController {
  constructor(
    private readonly consents: ConsentsService,
    private readonly lifecycle: ConsentLifecycle,
    private readonly renewals: ConsentRenewals,
    private readonly bulk: BulkWithdrawals,
    private readonly answers: ConsentAnswers,
    private readonly retailers: RetailersService,
    private readonly clock: Clock,
  ) {}

  @Post('withdraw')
  @Access('customer', 'consents.write')
  @ApiBody({ type: BulkWithdrawalDto, required: false })
  @Operation({
    id: 'withdrawConsents',
    tag,
    summary: 'End many consents at once',
    description:
      'All of mine, those of one retailer, or what is allowed for one purpose, and with it what I have approved ' +
      'beforehand, by a switch: all of it changes at once, or nothing does. With `dry_run` nothing happens and the ' +
      'answer says what would.',
    ok: { status: 200, type: BulkWithdrawnDto, description: 'What has changed, or would.', example: bulkExample },
    errors: [],
  })
  async withdrawAll(
    @CurrentCustomer() principal: CustomerPrincipal,
    @Body() body: BulkWithdrawalDto,
  ): Promise<BulkWithdrawnDto> {
    const { retailer_id: retailerId, purpose, reported_data: reportedData, dry_run: dryRun = false } = body;
    const terms = { reportedData, actor: actorOf(principal), dryRun };
    const { changed, calledOff } = await this.bulk.withdrawAll(principal.customer, { retailerId, purpose }, terms);
    const consents = changed.map(({ consent }) => consent);
    const described = dryRun
      ? (await this.answers.describe(consents)).map((consent) => ({ ...consent, receipt: null }))
      : await this.answers.withReceipts(consents);
    const changes = described.map((consent, index) => ({ change: changed[index]!.change, consent }));
    const requests = dryRun
      ? (await this.answers.describeRequests(calledOff)).map((request) => ({ ...request, receipt: null }))
      : await Promise.all(calledOff.map((request) => this.answers.refused(request)));
    return { dry_run: dryRun, changes, called_off: requests };
  }

  @Patch(':id')
  @Access('customer', 'consents.write')
  @Delegable()
  @Operation({
    id: 'amendConsent',
    tag,
    summary: 'Take part of a consent back',
    description:
      'Fewer attributes, event types, touchpoints or stages, an earlier end, fewer reads a day: from now on. The ' +
      'retailer’s tokens stay and are good for what is left. More can only be given by approving a request.',
    ok: {
      status: 200,
      type: ConsentWithReceiptDto,
      description: 'The consent, narrowed.',
      example: amendedExample,
      headers: { ETag: { description: 'The validator of the new version.' } },
    },
    errors: [
      ConsentNotFoundError,
      ConsentStateError,
      NothingKeptError,
      PreconditionRequiredError,
      PreconditionFailedError,
    ],
  })
  async amend(
    @CurrentCustomer() principal: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: AmendmentDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConsentWithReceiptDto> {
    const { retailerId } = await this.consents.get(principal.customer, id, principal.delegation);
    const retailer = await this.retailers.get(retailerId);
    const consent = await this.lifecycle.amend(principal.customer, id, body.toAmendment(), {
      actor: actorOf(principal),
      expected: (current) => requireIfMatch(ifMatch, consentEtag(current, retailer, this.clock.now())),
    });
    void reply.header('etag', consentEtag(consent, retailer, this.clock.now()));
    return this.answers.withReceipt(consent, principal.delegation);
  }

  @Post(':id/pause')
  @Access('customer', 'consents.write')
  @Delegable()
  @Operation({
    id: 'pauseConsent',
    tag,
    summary: 'Let a consent rest',
    description:
      'From now on the retailer reads nothing and reports nothing under it, until it is resumed. Its tokens stay, and ' +
      'are of no use meanwhile; the time goes on. Pausing again changes nothing.',
    ok: { status: 200, type: ConsentWithReceiptDto, description: 'The consent, paused.', example: pausedExample },
    errors: [ConsentNotFoundError, ConsentStateError],
  })
  async pause(
    @CurrentCustomer() principal: CustomerPrincipal,
    @UuidParam('id') id: string,
  ): Promise<ConsentWithReceiptDto> {
    const consent = await this.lifecycle.pause(principal.customer, id, { actor: actorOf(principal) });
    return this.answers.withReceipt(consent, principal.delegation);
  }

  @Post(':id/resume')
  @Access('customer', 'consents.write')
  @Delegable()
  @Operation({
    id: 'resumeConsent',
    tag,
    summary: 'Wake a paused consent',
    description:
      'It allows again what it did before. Resuming one that is not paused changes nothing. Whoever acts for somebody ' +
      'resumes none with anything special, or with anything that the delegation does not reach.',
    ok: { status: 200, type: ConsentWithReceiptDto, description: 'The consent, active.', example: resumedExample },
    errors: [ConsentNotFoundError, ConsentStateError, OutsideDelegationError],
  })
  async resume(
    @CurrentCustomer() principal: CustomerPrincipal,
    @UuidParam('id') id: string,
  ): Promise<ConsentWithReceiptDto> {
    const consent = await this.lifecycle.resume(principal.customer, id, { actor: actorOf(principal) });
    return this.answers.withReceipt(consent, principal.delegation);
  }

  @Post(':id/renew')
  @Access('customer', 'consents.write')
  @ApiBody({ type: RenewalDto, required: false })
  @Operation({
    id: 'renewConsent',
    tag,
    summary: 'Let a consent go on for longer',
    description:
      'The same lines until later, at most as far ahead as any consent may hold. Special lines are not ' +
      'renewed: the retailer has to ask for them again. One that is paused stays so. What was shown is kept by its hash.',
    ok: { status: 200, type: ConsentWithReceiptDto, description: 'The consent, renewed.', example: renewedExample },
    errors: [ConsentNotFoundError, ConsentStateError, NotRenewableError, NoticeOutdatedError, RetailerSuspendedError],
  })
  async renew(
    @CurrentCustomer() principal: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Body() { expires_at: expiresAt, language, notice: hash }: RenewalDto,
  ): Promise<ConsentWithReceiptDto> {
    const by = { actor: actorOf(principal) };
    const renewal = { expiresAt, shown: { hash, language } };
    return this.answers.withReceipt(await this.renewals.renew(principal.customer, id, renewal, by));
  }

  @Post(':id/withdraw')
  @Access('customer', 'consents.write')
  @Delegable()
  @ApiBody({ type: WithdrawalDto, required: false })
  @Operation({
    id: 'withdrawConsent',
    tag,
    summary: 'End a consent at once',
    description:
      'From now on the retailer reads nothing and reports nothing under it, and its tokens are dead. Withdrawing again ' +
      'changes nothing and answers how the consent stands.',
    ok: { status: 200, type: ConsentWithReceiptDto, description: 'The consent, ended.', example: withdrawnExample },
    errors: [ConsentNotFoundError],
  })
  async withdraw(
    @CurrentCustomer() principal: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Body() { reported_data: reportedData }: WithdrawalDto,
  ): Promise<ConsentWithReceiptDto> {
    const actor = actorOf(principal);
    const consent = await this.lifecycle.withdraw(principal.customer, id, { reportedData, actor });
    return this.answers.withReceipt(consent, principal.delegation);
  }
}
