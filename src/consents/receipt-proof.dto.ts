import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { noteExample } from '../audit/log-examples.js';
import type { JsonObject } from '../platform/json.js';

/** A receipt with what proves that the log keeps the promise it makes. */
export interface ReceiptProof {
  readonly jws: string;
  readonly index: number;
  readonly leaf: Buffer;
  readonly tlogProof: string;
  /** For the customer alone. */
  readonly opening?: { readonly event: JsonObject; readonly nonce: Buffer };
}

export const receiptProofExample = {
  receipt: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImNvbnNlbnQtcmVjZWlwdCtqd3QiLCJraWQiOiI…',
  leaf: { index: 4710, bytes: 'eyJjIjoiMmhZekFWVWNwTHA3OXgyOUxlRE9uUXEzZFl2cm5mbFE5cWdmMkZmVzNyRSIsInYiOjF9' },
  tlog_proof: 'c2sp.org/tlog-proof@v1\nindex 4710\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\n' + noteExample,
};

export const openedReceiptProofExample = {
  ...receiptProofExample,
  opening: {
    event: {
      type: 'consent.given',
      at: '2026-11-21T09:30:00.000Z',
      actor: { kind: 'customer' },
      consent: { id: '0192f0c1-7a54-7c3e-8f10-3d5f6a7b8c9d', version: 1 },
    },
    nonce: 'pbm3dRrG0b0iT0z1nS0i7wG3oKzQ0m1q8m7C0oZ3w5A=',
  },
};

class ProvenLeafDto {
  @ApiProperty({ type: 'integer', description: 'Its place in the log.', example: 4710 })
  readonly index!: number;

  @ApiProperty({
    description: 'The leaf, byte by byte, in base64. Its RFC 6962 hash is the `audit.leaf_hash` of the receipt.',
    example: receiptProofExample.leaf.bytes,
  })
  readonly bytes!: string;
}

class LeafOpeningDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What was recorded.',
    example: openedReceiptProofExample.opening.event,
  })
  readonly event!: JsonObject;

  @ApiProperty({
    description: 'In base64. The leaf commits to SHA-256 of these 32 bytes and the event in canonical form (RFC 8785).',
    example: openedReceiptProofExample.opening.nonce,
  })
  readonly nonce!: string;
}

export class ReceiptProofDto {
  @ApiProperty({ description: 'The receipt, a compact JWS.', example: receiptProofExample.receipt })
  readonly receipt!: string;

  @ApiProperty({ type: ProvenLeafDto })
  readonly leaf!: ProvenLeafDto;

  @ApiPropertyOptional({ type: LeafOpeningDto, description: 'What the leaf commits to. For the customer alone.' })
  readonly opening?: LeafOpeningDto;

  @ApiProperty({
    description: 'That the leaf is in the log: with a checkpoint, and verified offline (C2SP tlog-proof).',
    example: receiptProofExample.tlog_proof,
  })
  readonly tlog_proof!: string;

  static of({ jws, index, leaf, tlogProof, opening }: ReceiptProof): ReceiptProofDto {
    return {
      receipt: jws,
      leaf: { index, bytes: leaf.toString('base64') },
      ...(opening && { opening: { event: opening.event, nonce: opening.nonce.toString('base64') } }),
      tlog_proof: tlogProof,
    };
  }
}
