import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { NotYetInTheLogError } from '../audit/log.errors.js';
import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { decodeCursor, type Page, PageDto, PageQuery, pageSize } from '../platform/http/paging.js';
import { Sha256Param, UuidParam } from '../platform/http/validation.js';
import { receiptExample } from './consent-examples.js';
import {
  ConsentNotFoundError,
  ConsentRequestNotFoundError,
  NoticeNotFoundError,
  ReceiptNotFoundError,
} from './consents.errors.js';
import { noticeAnswer } from './notice.dto.js';
import { openedReceiptProofExample, ReceiptProofDto } from './receipt-proof.dto.js';
import { ReceiptProofs } from './receipt-proofs.service.js';
import { ReceiptDto } from './receipts.dto.js';
import { ReceiptsService } from './receipts.service.js';

const tag = 'Receipts (customer)';

const page = {
  status: 200,
  type: PageDto(ReceiptDto),
  description: 'One page of receipts.',
  example: { items: [receiptExample], next_cursor: null },
};

/** What the customer can show for every change of their consents. */
@Controller('v1/me')
export class ReceiptsController {
  constructor(
    private readonly receipts: ReceiptsService,
    private readonly proofs: ReceiptProofs,
  ) {}

  @Get('consents/:id/receipts')
  @Access('customer', 'consents.read')
  @Operation({
    id: 'listConsentReceipts',
    tag,
    summary: 'List the receipts of a consent',
    description:
      'One for every version, newest first. Keep them: each can be verified without CCX, with the keys at `/oauth/jwks`.',
    ok: page,
    errors: [ConsentNotFoundError],
  })
  async ofConsent(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<ReceiptDto>> {
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['int']) ?? [];
    return ReceiptDto.page(await this.receipts.list(customer, id, { before, limit: limit + 1 }), limit);
  }

  @Get('consent-requests/:id/receipts')
  @Access('customer', 'consents.read')
  @Operation({
    id: 'listConsentRequestReceipts',
    tag,
    summary: 'List the receipts of a request',
    description: 'The one of its decision, be it what was given or that it was refused; none while it is open.',
    ok: page,
    errors: [ConsentRequestNotFoundError],
  })
  async ofRequest(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<ReceiptDto>> {
    return ReceiptDto.page(await this.receipts.listOfRequest(customer, id), pageSize(query));
  }

  @Get('receipts/:id/proof')
  @Access('customer', 'consents.read')
  @Operation({
    id: 'getReceiptProof',
    tag,
    summary: 'Prove that a receipt is in the log',
    description:
      'The receipt, the leaf of the log that it promises, what opens that leaf, and the proof that the leaf is under a ' +
      'published checkpoint. Keep it: `ccx verify` checks it without CCX, also once you have been erased.',
    ok: { status: 200, type: ReceiptProofDto, description: 'The proof.', example: openedReceiptProofExample },
    errors: [ReceiptNotFoundError, NotYetInTheLogError],
  })
  async proof(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
  ): Promise<ReceiptProofDto> {
    return ReceiptProofDto.of(await this.proofs.ofCustomer(customer, id));
  }

  @Get('notices/:hash')
  @Access('customer', 'consents.read')
  @Operation({
    id: 'getNotice',
    tag,
    summary: 'See again what I was shown',
    description: 'By the hash that a receipt names: exactly what was shown, in the language in which it was shown.',
    ok: noticeAnswer,
    errors: [NoticeNotFoundError],
  })
  async notice(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Sha256Param('hash') hash: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    void reply.type('application/json');
    return this.receipts.notice(customer, hash);
  }
}
