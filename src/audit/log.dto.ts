import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Matches, Max, Min, ValidateBy, ValidateIf } from 'class-validator';

import type { PublishedCheckpoint } from './checkpoint.js';
import type { IntroducedKey } from './log-keys.queries.js';
import type { Consistency, Inclusion } from './proofs.js';
import { tlogProof } from './tlog-proof.js';
import {
  checkpointExample,
  hashExample,
  leafHashExample,
  logKeyExample,
  noteExample,
  vkeyExample,
} from './log-examples.js';

/** A whole number that PostgreSQL and JavaScript both count exactly. */
const IsCount =
  (least: number): PropertyDecorator =>
  (target, property) => {
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^(0|[1-9]\d{0,15})$/.test(value) ? Number(value) : value,
    )(target, property);
    IsInt()(target, property);
    Min(least)(target, property);
    Max(Number.MAX_SAFE_INTEGER)(target, property);
  };

const hashes = (description: string): ApiPropertyOptions => ({
  type: [String],
  description: `${description} SHA-256 in base64.`,
  example: [hashExample],
});

export class CheckpointsQuery {
  @ApiPropertyOptional({
    description: 'Only what comes after: `next_after` of an earlier answer.',
    example: '4711.1795345345123',
  })
  @Matches(/^\d{1,15}\.\d{1,14}$/, { message: 'must be next_after of an earlier answer' })
  @IsOptional()
  after?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    default: 100,
    description: 'Most items to answer. Larger values are lowered to 1000.',
  })
  @IsCount(1)
  @IsOptional()
  limit?: number;
}

/** One published checkpoint. */
export class CheckpointDto {
  @ApiProperty({ type: 'integer', description: 'How many entries it covers.', example: checkpointExample.size })
  readonly size!: number;

  @ApiProperty({
    description: 'The root of the tree over them (RFC 6962), in base64.',
    example: checkpointExample.root,
  })
  readonly root!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When the log signed it, by its own clock.',
    example: checkpointExample.signed_at,
  })
  readonly signed_at!: string;

  @ApiProperty({ description: 'The checkpoint itself, as a signed note.', example: noteExample })
  readonly note!: string;

  static of({ size, root, signedAt, note }: PublishedCheckpoint): CheckpointDto {
    return { size, root: root.toString('base64'), signed_at: signedAt.toISOString(), note };
  }
}

export class CheckpointsDto {
  @ApiProperty({ type: [CheckpointDto], description: 'The older ones first.' })
  readonly items!: CheckpointDto[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Send it as `after` for what comes next, now or later; null as long as there is nothing.',
    example: '4711.1795345345123',
  })
  readonly next_after!: string | null;
}

/** A key that signs the log, or has signed it. */
export class LogKeyDto {
  @ApiProperty({ description: 'As signature lines of notes name it, in hexadecimal.', example: logKeyExample.key_id })
  readonly key_id!: string;

  @ApiProperty({ description: 'The verifier key (C2SP signed-note).', example: vkeyExample })
  readonly vkey!: string;

  @ApiProperty({ type: 'integer', description: 'The smallest tree that it has signed.', example: 0 })
  readonly from_size!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The largest tree that it has signed; null while it signs.',
    example: null,
  })
  readonly to_size!: number | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })
  readonly introduced_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: null })
  readonly retired_at!: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'The checkpoint that both this key and the one before it have signed; null for the first key.',
    example: null,
  })
  readonly handover!: string | null;
}

export class LogKeysDto {
  @ApiProperty({ type: [LogKeyDto], description: 'In the order in which they signed.' })
  readonly keys!: LogKeyDto[];

  static of(keys: readonly IntroducedKey[]): LogKeysDto {
    return {
      keys: keys.map((key) => ({
        key_id: key.keyId,
        vkey: key.vkey,
        from_size: key.fromSize,
        to_size: key.toSize,
        introduced_at: key.introducedAt.toISOString(),
        retired_at: key.retiredAt?.toISOString() ?? null,
        handover: key.handover,
      })),
    };
  }
}

export class InclusionQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'Which entry; or send `leaf_hash`.', example: 4710 })
  @ValidateIf(({ index, leaf_hash }: InclusionQuery) => index !== undefined || leaf_hash === undefined)
  @IsCount(0)
  index?: number;

  @ApiPropertyOptional({
    description: 'Which entry, by the leaf hash in hexadecimal that a receipt names as `audit.leaf_hash`.',
    example: leafHashExample,
  })
  @ValidateIf(({ leaf_hash }: InclusionQuery) => leaf_hash !== undefined)
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be a leaf hash: 64 hexadecimal digits in small letters' })
  @ValidateBy({
    name: 'alone',
    validator: {
      validate: (_, args) => {
        const query: InclusionQuery | undefined = args?.object;
        return query?.index === undefined;
      },
      defaultMessage: () => 'must not be sent with index',
    },
  })
  leaf_hash?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    description: 'In which tree; the last published one unless said.',
  })
  @IsCount(1)
  @IsOptional()
  size?: number;
}

/** That an entry is in a tree (RFC 6962 §2.1.1). */
export class InclusionProofDto {
  @ApiProperty({ type: 'integer', example: 4710 })
  readonly index!: number;

  @ApiProperty({ type: 'integer', example: 4711 })
  readonly size!: number;

  @ApiProperty({ description: 'In base64.', example: hashExample })
  readonly leaf_hash!: string;

  @ApiProperty({ description: 'The root of the tree of this size, in base64.', example: checkpointExample.root })
  readonly root!: string;

  @ApiProperty(hashes('From the sibling of the leaf up.'))
  readonly hashes!: string[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'The published checkpoint of this size, as a signed note; null when there is none of it.',
    example: noteExample,
  })
  readonly checkpoint!: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'All of it as one text that is verified offline (C2SP tlog-proof); null without a checkpoint.',
    example: `c2sp.org/tlog-proof@v1\nindex 4710\n${hashExample}\n\n${noteExample}`,
  })
  readonly tlog_proof!: string | null;

  static of({ index, size, leafHash, root, hashes: path, checkpoint }: Inclusion): InclusionProofDto {
    return {
      index,
      size,
      leaf_hash: leafHash.toString('base64'),
      root: root.toString('base64'),
      hashes: path.map((hash) => hash.toString('base64')),
      checkpoint: checkpoint?.note ?? null,
      tlog_proof: checkpoint && tlogProof(index, path, checkpoint.note),
    };
  }
}

export class ConsistencyQuery {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'The smaller tree.', example: 1000 })
  @IsCount(1)
  from!: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    description: 'The larger one; the last published one unless said.',
  })
  @IsCount(1)
  @IsOptional()
  to?: number;
}

/** That one tree is the beginning of another (RFC 6962 §2.1.2). */
export class ConsistencyProofDto {
  @ApiProperty({ type: 'integer', example: 1000 })
  readonly from!: number;

  @ApiProperty({ type: 'integer', example: 4711 })
  readonly to!: number;

  @ApiProperty(hashes('The proof; empty when both are the same.'))
  readonly hashes!: string[];

  static of({ from, to, hashes: path }: Consistency): ConsistencyProofDto {
    return { from, to, hashes: path.map((hash) => hash.toString('base64')) };
  }
}
