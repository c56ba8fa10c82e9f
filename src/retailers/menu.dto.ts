import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsObject, IsString, MaxLength, ValidateNested } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { type Touchpoint, touchpoints } from '../vocabulary/code-lists.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { OneLine } from './fields.js';
import type { Does, Menu, MenuItem } from './menu.js';
import type { TouchpointMenu } from './menu-rules.js';
import { PublicRetailerDto } from './retailers.dto.js';
import { isInView } from './touchpoint-view.js';

const MOST_ATTRIBUTES = 64;
const LONGEST_PATH = 100;
const LONGEST_SENTENCE = 200;

/** What a retailer does with an attribute: one plain sentence for its customers. */
class DoesDto implements Does {
  @ApiProperty({ maxLength: LONGEST_SENTENCE, example: 'We greet you in this language.' })
  @OneLine(LONGEST_SENTENCE)
  readonly en!: string;

  @ApiPropertyOptional({ maxLength: LONGEST_SENTENCE, example: 'Wir begrüßen Sie in dieser Sprache.' })
  @OneLine(LONGEST_SENTENCE)
  @Omittable()
  readonly de?: string;
}

class NewMenuItemDto {
  @ApiProperty({ description: 'An attribute that may be given at this touchpoint.', example: 'language.spoken' })
  @IsString()
  @MaxLength(LONGEST_PATH)
  readonly attribute!: string;

  @ApiProperty({ description: 'What you do with it here, as customers read it.' })
  @IsObject()
  @ValidateNested()
  @Type(() => DoesDto)
  readonly does!: DoesDto;
}

class NewTouchpointMenuDto implements TouchpointMenu {
  @ApiProperty({ enum: touchpoints, description: 'One of your touchpoints.', example: 'till' })
  @IsIn(touchpoints)
  readonly touchpoint!: Touchpoint;

  @ApiProperty({
    type: [NewMenuItemDto],
    maxItems: MOST_ATTRIBUTES,
    description: 'What you can honour there; none for nothing at all.',
  })
  @IsArray()
  @ArrayMaxSize(MOST_ATTRIBUTES)
  @ValidateNested({ each: true })
  @Type(() => NewMenuItemDto)
  readonly attributes!: NewMenuItemDto[];
}

/** What a retailer can honour where. */
export class NewMenuDto {
  @ApiProperty({
    type: [NewTouchpointMenuDto],
    maxItems: touchpoints.length,
    description: 'A touchpoint that is left out has its default view.',
  })
  @IsArray()
  @ArrayMaxSize(touchpoints.length)
  @ValidateNested({ each: true })
  @Type(() => NewTouchpointMenuDto)
  readonly touchpoints!: NewTouchpointMenuDto[];
}

class MenuItemDto {
  @ApiProperty({ example: 'language.spoken' })
  readonly attribute!: string;

  @ApiProperty({
    type: DoesDto,
    nullable: true,
    description: 'What the retailer does with it, in its own words; null where it has published nothing.',
  })
  readonly does!: DoesDto | null;
}

/** What one touchpoint of a retailer can honour. Customers give no more than this there, whatever they consent to. */
export class TouchpointMenuDto {
  @ApiProperty({ ...openCode(touchpoints), example: 'till' })
  readonly touchpoint!: string;

  @ApiProperty({ description: 'Whether the retailer has published this; otherwise it is the default.', example: true })
  readonly published!: boolean;

  @ApiProperty({ type: [MenuItemDto] })
  readonly attributes!: MenuItemDto[];

  /**
   * One for each touchpoint of a retailer, less what the vocabulary does not know: a retailer's extensions are shown
   * with the vocabulary that it sees, and to nobody else.
   */
  static listOf(touchpointsOfRetailer: readonly string[], menu: Menu, vocabulary: Vocabulary): TouchpointMenuDto[] {
    const known = new Set(vocabulary.attributes().map(({ path }) => path));
    const published = (items: readonly MenuItem[]) =>
      items
        .map(({ attribute, does }) => ({ attribute: vocabulary.nameOf(attribute), does }))
        .filter(({ attribute }) => known.has(attribute));
    const byDefault = (touchpoint: Touchpoint) =>
      vocabulary
        .attributes()
        .filter((attribute) => isInView(attribute, touchpoint, {}))
        .map(({ path }) => ({ attribute: path, does: null }));
    return (touchpointsOfRetailer as readonly Touchpoint[]).map((touchpoint) => {
      const items = menu[touchpoint];
      const attributes = items ? published(items) : byDefault(touchpoint);
      return { touchpoint, published: items !== undefined, attributes };
    });
  }
}

/** What a retailer can honour at each of its touchpoints. */
export class MenuDto {
  @ApiProperty({ type: [TouchpointMenuDto], description: 'One for each of the retailer’s touchpoints.' })
  readonly touchpoints!: TouchpointMenuDto[];
}

/** What everybody may know of one retailer. */
export class RetailerProfileDto extends PublicRetailerDto {
  @ApiProperty({ type: [TouchpointMenuDto], description: 'What it can honour at each of its touchpoints.' })
  readonly menu!: TouchpointMenuDto[];
}
