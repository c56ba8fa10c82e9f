import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { openCode, openCodes } from '../platform/http/extensible.js';
import { purposes, sectors, touchpoints } from '../vocabulary/code-lists.js';
import { exampleIds } from './consent-examples.js';
import { ruleEffects, type RuleRef } from './rule.js';
import type { ConsentRule } from './rule.entity.js';
import { ruleId } from './rule-examples.js';

class RuleConditionsAnswerDto {
  @ApiPropertyOptional({ ...openCodes(sectors), example: ['grocery'] })
  readonly sectors?: string[];

  @ApiPropertyOptional({ type: 'array', items: { type: 'string', format: 'uuid' }, example: [exampleIds.retailer] })
  readonly retailer_ids?: string[];

  @ApiPropertyOptional({ ...openCodes(purposes), example: ['dpv:DeliveryOfGoods'] })
  readonly purposes?: string[];

  @ApiPropertyOptional({ type: [String], example: ['fulfilment.substitution'] })
  readonly attributes?: string[];

  @ApiPropertyOptional({ ...openCodes(touchpoints), example: ['web', 'app'] })
  readonly touchpoints?: string[];

  @ApiPropertyOptional({ type: 'boolean', example: true })
  readonly third_party_sharing?: boolean;
}

/** Which rule decided something. */
export class RuleRefDto {
  @ApiProperty({ format: 'uuid', example: ruleId })
  readonly id!: string;

  @ApiProperty({ description: 'What it was called then.', example: 'Substitutions for grocers' })
  readonly name!: string;

  static of({ id, name }: RuleRef): RuleRefDto {
    return { id, name };
  }
}

export class RuleDto extends RuleRefDto {
  @ApiProperty({ description: 'What you call it.', example: 'Substitutions for grocers' })
  declare readonly name: string;

  @ApiProperty({ ...openCode(ruleEffects), example: 'allow' })
  readonly effect!: string;

  @ApiProperty({ example: { sectors: ['grocery'], attributes: ['fulfilment.substitution'] } })
  readonly when!: RuleConditionsAnswerDto;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Null: for as long as was asked for.', example: 30 })
  readonly lifetime_days!: number | null;

  @ApiProperty({ example: true })
  readonly enabled!: boolean;

  @ApiProperty({ type: 'integer', description: 'Raised by every change.', example: 1 })
  readonly version!: number;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T10:00:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T10:00:00.000Z' })
  readonly updated_at!: string;

  static override of(rule: ConsentRule): RuleDto {
    return {
      ...RuleRefDto.of(rule),
      effect: rule.effect,
      when: rule.when,
      lifetime_days: rule.lifetimeDays,
      enabled: rule.enabled,
      version: rule.version,
      created_at: rule.createdAt.toISOString(),
      updated_at: rule.updatedAt.toISOString(),
    };
  }
}
