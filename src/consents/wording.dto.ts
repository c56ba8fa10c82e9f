import { ApiProperty } from '@nestjs/swagger';

import { openCode } from '../platform/http/extensible.js';
import type { Labels } from '../vocabulary/code-lists.js';
import { exampleIds } from './consent-examples.js';
import type { Language } from './phrases.js';
import type { Notice, NoticeDetail, NoticeItem, NoticePurpose } from './wording.js';

type Both<T> = Readonly<Record<Language, T>>;

/** A text in each language. */
class TextDto implements Labels {
  @ApiProperty({ example: 'Shoe size' })
  readonly en!: string;

  @ApiProperty({ example: 'Schuhgröße' })
  readonly de!: string;
}

class ItemInWordsDto {
  @ApiProperty({ description: 'The attribute or event type.', example: 'size.footwear' })
  readonly code!: string;

  @ApiProperty()
  readonly label!: TextDto;

  @ApiProperty({
    example: {
      en: 'Albatross Groceries may see what you have stated under “Shoe size”.',
      de: 'Albatross Groceries darf sehen, was Sie unter „Schuhgröße“ angegeben haben.',
    },
  })
  readonly sentence!: TextDto;

  @ApiProperty({
    ...openCode(['given', 'wider', 'new']),
    description: 'Whether the customer has given it already; `wider`: for less than is asked for now.',
    example: 'new',
  })
  readonly standing!: string;

  static of({ en, de }: Both<NoticeItem>): ItemInWordsDto {
    return { ...PurposeInWordsDto.of({ en, de }), standing: en.standing };
  }
}

class PurposeInWordsDto {
  @ApiProperty({ example: 'dpv:ServicePersonalisation' })
  readonly code!: string;

  @ApiProperty({ example: { en: 'Personalising the service', de: 'Leistung anpassen' } })
  readonly label!: TextDto;

  @ApiProperty({
    example: {
      en: 'To serve you the way you like, in the store and online.',
      de: 'Um Sie im Laden und online so zu bedienen, wie Sie es mögen.',
    },
  })
  readonly sentence!: TextDto;

  static of({ en, de }: Both<NoticePurpose>): PurposeInWordsDto {
    return {
      code: en.code,
      label: { en: en.label, de: de.label },
      sentence: { en: en.sentence, de: de.sentence },
    };
  }
}

class DetailInWordsDto {
  @ApiProperty({ format: 'uuid', description: 'The line that this says in words.', example: exampleIds.preferences })
  readonly id!: string;

  @ApiProperty({ type: [ItemInWordsDto], description: 'Each of them can be left out by the customer.' })
  readonly items!: ItemInWordsDto[];

  @ApiProperty({ type: [PurposeInWordsDto] })
  readonly purposes!: PurposeInWordsDto[];

  @ApiProperty({
    type: [TextDto],
    description: 'Where, when, kept for how long, reaching how far.',
    example: [{ en: 'Only here: Till and Website.', de: 'Nur hier: Kasse und Website.' }],
  })
  readonly conditions!: TextDto[];

  static of({ en, de }: Both<NoticeDetail>): DetailInWordsDto {
    return {
      id: en.id,
      items: pairs({ en: en.items, de: de.items }).map((item) => ItemInWordsDto.of(item)),
      purposes: pairs({ en: en.purposes, de: de.purposes }).map((purpose) => PurposeInWordsDto.of(purpose)),
      conditions: pairs({ en: en.conditions, de: de.conditions }),
    };
  }
}

export class RequestInWordsDto {
  @ApiProperty({
    example: {
      en: 'Albatross Groceries asks for your consent.',
      de: 'Albatross Groceries bittet um Ihre Einwilligung.',
    },
  })
  readonly title!: TextDto;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'What the retailer offers in return, in its own words.',
    example: 'Delivery is free for a year.',
  })
  readonly incentive!: string | null;

  @ApiProperty({ type: [DetailInWordsDto] })
  readonly details!: DetailInWordsDto[];

  @ApiProperty({
    description: 'For how long it holds.',
    example: {
      en: 'This holds for 12 months, unless you end it before.',
      de: 'Das gilt 12 Monate lang, wenn Sie es nicht vorher beenden.',
    },
  })
  readonly life!: TextDto;

  @ApiProperty({
    description: 'How it can be ended.',
    example: {
      en: 'You can end it whenever you like, and it ends at once.',
      de: 'Sie können es jederzeit beenden; dann endet es sofort.',
    },
  })
  readonly ending!: TextDto;

  @ApiProperty({
    description: 'What refusing means.',
    example: {
      en: 'If you refuse, Albatross Groceries gets nothing.',
      de: 'Wenn Sie ablehnen, erhält Albatross Groceries nichts.',
    },
  })
  readonly refusing!: TextDto;

  static of({ en, de }: Both<Notice>): RequestInWordsDto {
    return {
      title: { en: en.title, de: de.title },
      incentive: en.incentive,
      details: pairs({ en: en.details, de: de.details }).map((detail) => DetailInWordsDto.of(detail)),
      life: { en: en.life, de: de.life },
      ending: { en: en.ending, de: de.ending },
      refusing: { en: en.refusing, de: de.refusing },
    };
  }
}

/** The same list in two languages, as one list. */
function pairs<T>({ en, de }: Both<readonly T[]>): { en: T; de: T }[] {
  return en.map((inEnglish, index) => ({ en: inEnglish, de: de[index] as T }));
}
