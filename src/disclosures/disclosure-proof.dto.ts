import { ApiProperty } from '@nestjs/swagger';

import { hashExample, noteExample } from '../audit/log-examples.js';
import type { JsonObject } from '../platform/json.js';

/** A read with its place in the tree of its batch. */
export class ProvableDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The read, exactly as it is committed to: its form after RFC 8785 is what is hashed.',
  })
  readonly disclosure!: JsonObject;

  @ApiProperty({
    description:
      'What is hashed before it, in base64. The leaf of the batch is `{"c": <base64url of SHA-256(nonce ‖ disclosure)>, ' +
      '"v": 1}`, hashed as RFC 6962 says.',
  })
  readonly nonce!: string;

  @ApiProperty({ description: 'Its place in the batch.', example: 3 })
  readonly leaf_index!: number;

  @ApiProperty({ description: 'How many reads the batch has.', example: 5 })
  readonly leaf_count!: number;

  @ApiProperty({
    type: [String],
    description: 'The hashes from its sibling up to the root of the batch, in base64.',
    example: [hashExample],
  })
  readonly path!: string[];
}

class BatchEntryDto {
  @ApiProperty({ description: 'Its place in the log.', example: 4710 })
  readonly index!: number;

  @ApiProperty({ description: 'The bytes of its leaf, in base64.' })
  readonly leaf!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'What the entry says: `data.root` is the root of the batch, in base64url. Null if it does not open.',
  })
  readonly event!: JsonObject | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'What is hashed before the event, in base64.' })
  readonly nonce!: string | null;
}

export class DisclosureProofDto extends ProvableDto {
  @ApiProperty({ description: 'The entry of the log that holds the root of the batch.' })
  readonly entry!: BatchEntryDto;

  @ApiProperty({ description: 'That the entry is in a published checkpoint, as C2SP tlog-proof writes it.' })
  readonly tlog_proof!: string;
}

export const disclosureProofExample = {
  disclosure: {
    id: '019a9f41-0c55-7a3e-8d10-5f6a7b8c9d0e',
    consent: { id: '019a9f3e-7b1c-7d20-9f5e-1c2d3e4f5a6b', version: 1 },
    retailer_id: '019a9e01-7b1c-7d20-9f5e-1c2d3e4f5a6b',
    client_id: 'albatross-tills',
    attributes: ['size.footwear'],
    purpose: 'dpv:ServicePersonalisation',
    touchpoint: 'till',
    stage: 'shopping',
    checked_at: '2026-11-21T09:30:00.412Z',
    unchanged: false,
    refused: null,
  },
  nonce: 'q3f0Zp1m7hYb5wX2uJ8dNA==',
  leaf_index: 1,
  leaf_count: 2,
  path: [hashExample],
  entry: {
    index: 4710,
    leaf: 'eyJjIjoiQ3NVWWFwR0dQbzRka01nSUFVcW9tX1hhamo3aDJmQjJNUEEzajJqeHEySSIsInYiOjF9',
    event: {
      type: 'disclosures.recorded',
      at: '2026-11-21T09:30:00.420Z',
      actor: { kind: 'system' },
      data: { root: 'CsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I', size: 2 },
    },
    nonce: 'PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=',
  },
  tlog_proof: `c2sp.org/tlog-proof@v1\nindex 4710\n${hashExample}\n\n${noteExample}`,
};
