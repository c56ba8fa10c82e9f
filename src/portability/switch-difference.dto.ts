import { ApiProperty } from '@nestjs/swagger';

import { consentStatuses } from '../consents/consent.entity.js';
import { exampleIds, givenExample } from '../consents/consent-examples.js';
import { AskedDetailDto } from '../consents/detail.dto.js';
import { RuleRefDto } from '../consents/rules.dto.js';
import { TextDto } from '../consents/wording.dto.js';
import { openCode } from '../platform/http/extensible.js';
import { cutReasons, type TakenLine } from './switch.js';
import { switchedExample } from './switch-examples.js';
import { leftReasons } from './switch-overrides.js';
import type { Switch } from './switches.service.js';

class TakenLineDto extends AskedDetailDto {
  @ApiProperty({ format: 'date-time', description: 'As here: no later.', example: givenExample[0]?.expires_at })
  readonly expires_at!: string;

  static override of(line: TakenLine): TakenLineDto {
    return line;
  }
}

class CutDto {
  @ApiProperty({ format: 'uuid', description: 'The line of this consent.', example: exampleIds.preferences })
  readonly line!: string;

  @ApiProperty({
    ...openCode(cutReasons),
    description:
      'The other retailer cannot ask for it at this `touchpoint`; a `recipient`, or an `attribute`, is the first ' +
      'retailer’s own; `history`: what was reported up to now goes to nobody; a `rule` of yours refuses it; it is `over`.',
    example: 'touchpoint',
  })
  readonly reason!: string;

  @ApiProperty({ type: [String], description: 'What: codes, names, or an instant.', example: ['kiosk'] })
  readonly codes!: readonly string[];

  @ApiProperty({ type: RuleRefDto, nullable: true, description: 'Your rule.', example: null })
  readonly rule!: RuleRefDto | null;

  @ApiProperty({ description: 'The same for people.', example: switchedExample.difference.cut[0]?.in_words })
  readonly in_words!: TextDto;
}

class AskAnewDto {
  @ApiProperty({ format: 'uuid', description: 'The line of this consent.', example: exampleIds.preferences })
  readonly line!: string;

  @ApiProperty({ description: 'A special attribute, or a class of special products.', example: 'food.allergen' })
  readonly attribute!: string;

  @ApiProperty({ description: 'The same for people.', example: switchedExample.difference.ask_anew[0]?.in_words })
  readonly in_words!: TextDto;
}

class ExistingDto {
  @ApiProperty({ format: 'uuid', example: exampleIds.consent })
  readonly consent_id!: string;

  @ApiProperty({ ...openCode(consentStatuses), example: 'active' })
  readonly status!: string;

  @ApiProperty({ description: 'Whether it gives all of this, so that nothing has to be approved.', example: false })
  readonly complete!: boolean;

  @ApiProperty({
    description: 'The same for people.',
    example: {
      en: 'Tailor T has a consent of yours already. This is added to it.',
      de: 'Tailor T hat schon eine Einwilligung von Ihnen. Dies kommt hinzu.',
    },
  })
  readonly in_words!: TextDto;
}

class CopiedOverrideDto {
  @ApiProperty({ format: 'uuid', description: 'What is stated for the one retailer.', example: exampleIds.receipt })
  readonly preference_id!: string;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'What is stated for the other one; null in a dry run.',
    example: exampleIds.interactions,
  })
  readonly copy_id!: string | null;

  @ApiProperty({ example: 'receipt.delivery' })
  readonly attribute!: string;
}

class LeftOverrideDto {
  @ApiProperty({ format: 'uuid', example: exampleIds.receipt })
  readonly preference_id!: string;

  @ApiProperty({ example: 'fulfilment.delivery' })
  readonly attribute!: string;

  @ApiProperty({
    ...openCode(leftReasons),
    description:
      '`inferred`, not stated; `pending`, not confirmed; `over`; about a `store` of the one retailer; an `attribute` ' +
      'that the other one does not know; or it `exists`: that stays.',
    example: 'exists',
  })
  readonly reason!: string;

  @ApiProperty({
    description: 'The same for people.',
    example: {
      en: 'You have stated this for Tailor T already, and that stays.',
      de: 'Das haben Sie für Tailor T schon angegeben, und dabei bleibt es.',
    },
  })
  readonly in_words!: TextDto;
}

class OverridesDto {
  @ApiProperty({ type: [CopiedOverrideDto] })
  readonly copied!: CopiedOverrideDto[];

  @ApiProperty({ type: [LeftOverrideDto], description: 'What is not copied, and why.' })
  readonly left!: LeftOverrideDto[];
}

/** What one retailer has, and what the other one would get of it. */
export class SwitchDifferenceDto {
  @ApiProperty({ type: [TakenLineDto], description: 'What is taken along, by the ids of this consent’s lines.' })
  readonly kept!: TakenLineDto[];

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How often a day (in UTC) it may be read: as here.',
    example: null,
  })
  readonly max_reads_per_day!: number | null;

  @ApiProperty({ type: [CutDto], description: 'What is not, and why.' })
  readonly cut!: CutDto[];

  @ApiProperty({
    type: [AskAnewDto],
    description: 'What is special: the other retailer has to ask for each by itself.',
  })
  readonly ask_anew!: AskAnewDto[];

  @ApiProperty({ type: ExistingDto, nullable: true, description: 'What the other retailer has already.' })
  readonly existing!: ExistingDto | null;

  @ApiProperty({ type: OverridesDto, nullable: true, description: 'Null when nothing was to be copied.' })
  readonly overrides!: OverridesDto | null;

  static of(made: Switch, { dryRun, now }: { dryRun: boolean; now: Date }): SwitchDifferenceDto {
    const { source, taken, overrides, words } = made;
    return {
      kept: taken.lines.map((line) => TakenLineDto.of(line)),
      max_reads_per_day: source.maxReadsPerDay,
      cut: taken.cut.map((cut) => ({ ...cut, rule: cut.rule ?? null, in_words: words.cut(cut) })),
      ask_anew: taken.askAnew.map((anew) => ({ ...anew, in_words: words.askAnew(anew.attribute) })),
      existing: existingOf(made, now),
      overrides: overrides && {
        copied: overrides.copied.map(({ from, copy }) => ({
          preference_id: from.id,
          copy_id: dryRun ? null : copy.id,
          attribute: from.attribute,
        })),
        left: overrides.left.map(({ preference, reason }) => ({
          preference_id: preference.id,
          attribute: preference.attribute,
          reason,
          in_words: words.left(reason),
        })),
      },
    };
  }
}

function existingOf({ existing, words }: Switch, now: Date): ExistingDto | null {
  if (!existing) return null;
  const { consent, isComplete } = existing;
  const status = consent.statusAt(now);
  const how = isComplete ? 'complete' : status === 'paused' ? 'paused' : 'widened';
  return { consent_id: consent.id, status, complete: isComplete, in_words: words.existing(how) };
}
