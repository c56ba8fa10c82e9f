import { ApiProperty } from '@nestjs/swagger';

import type { DisclosureSegment } from '../disclosures/disclosure-segment.entity.js';

/** The signed export of one day of disclosures. */
export class DisclosureSegmentDto {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ format: 'date', description: 'In UTC.', example: '2025-10-18' })
  readonly day!: string;

  @ApiProperty({ description: 'How many it has.', example: 48_211 })
  readonly disclosures!: number;

  @ApiProperty({ description: 'How long the file is.', example: 6_012_334 })
  readonly bytes!: number;

  @ApiProperty({ description: 'Of the file, in hexadecimal.' })
  readonly sha256!: string;

  @ApiProperty({
    description:
      'A JWS (`typ: disclosure-segment+jwt`) over all of this, with a key of `/oauth/jwks` that stays there.',
  })
  readonly signature!: string;

  @ApiProperty({ format: 'date-time' })
  readonly made_at!: string;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'When the disclosures of the day went; null while they are there.',
  })
  readonly dropped_at!: string | null;

  static of(segment: DisclosureSegment): DisclosureSegmentDto {
    const { id, day, disclosures, bytes, sha256, signature, madeAt, droppedAt } = segment;
    return {
      id,
      day,
      disclosures: Number(disclosures),
      bytes: Number(bytes),
      sha256: sha256.toString('hex'),
      signature,
      made_at: madeAt.toISOString(),
      dropped_at: droppedAt?.toISOString() ?? null,
    };
  }
}

export const segmentExample: DisclosureSegmentDto = {
  id: '019a9f41-0c55-7a3e-8d10-5f6a7b8c9d0e',
  day: '2025-10-18',
  disclosures: 48_211,
  bytes: 6_012_334,
  sha256: '9f2c4e1d7a60b85c3e1f0a97d4b2c6583a1e7f90c5d4b2a8e6f1037c9b5d2e48',
  signature: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImRpc2Nsb3N1cmUtc2VnbWVudCtqd3QifQ.eyJkYXkiOiIyMDI1LTEwLTE4In0.c2lnbmF0dXJl',
  made_at: '2026-11-22T00:10:00.000Z',
  dropped_at: '2026-11-22T00:10:04.000Z',
};
