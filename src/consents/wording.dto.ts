import { ApiProperty } from '@nestjs/swagger';

import { openCode } from '../platform/http/extensible.js';
import type { Labels } from '../vocabulary/code-lists.js';
import { exampleIds, noticeHashExample } from './consent-examples.js';
import type { Language } from './phrases.js';
import { germanStatementExample, statementExample } from './request-examples.js';
import type { NoticeStatement } from './statement.js';
import { type Notice, type NoticeDetail, noticeHash, type NoticeItem, type NoticePurpose } from './wording.js';

type Both<T> = Readonly<Record<Language, T>>;

/** A text in each language. */
export class TextDto implements Labels {
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
    ...openCode(['given', 'longer', 'shorter', 'wider', 'new']),
    description:
      'Whether the customer has given it already; `longer`, `shorter`: it has been given, and would hold for longer or ' +
      'end earlier; `wider`: for less than is asked for now.',
    example: 'new',
  })
  readonly standing!: string;

  @ApiProperty({
    type: TextDto,
    nullable: true,
    description: 'Of what has been given already: until when, and what would become of that.',
    example: null,
  })
  readonly already!: TextDto | null;

  static of({ en, de }: Both<NoticeItem>): ItemInWordsDto {
    const already = en.already !== null && de.already !== null ? { en: en.already, de: de.already } : null;
    return { ...PurposeInWordsDto.of({ en, de }), standing: en.standing, already };
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

class StatementDto {
  @ApiProperty({ example: { en: statementExample.text, de: germanStatementExample.text } })
  readonly text!: TextDto;

  @ApiProperty({
    description: 'SHA-256 of the text in UTF-8, base64url, by language.',
    example: { en: statementExample.hash, de: germanStatementExample.hash },
  })
  readonly hash!: TextDto;

  static of({ en, de }: Both<NoticeStatement>): StatementDto {
    return { text: { en: en.text, de: de.text }, hash: { en: en.hash, de: de.hash } };
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
    description: 'Where, when, how often, kept for how long, passed on to whom, reaching how far.',
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
    type: [PurposeInWordsDto],
    description: 'What is given now and ends if this is approved; nothing, where it only adds.',
    example: [],
  })
  readonly removed!: PurposeInWordsDto[];

  @ApiProperty({
    type: StatementDto,
    nullable: true,
    description:
      'For a special attribute: what the customer consents to expressly. Show it unticked, and approve with the hash ' +
      'of the language that you showed.',
    example: null,
  })
  readonly statement!: StatementDto | null;

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
      en: 'If you refuse, Albatross Groceries gets nothing of this.',
      de: 'Wenn Sie ablehnen, erhält Albatross Groceries nichts davon.',
    },
  })
  readonly refusing!: TextDto;

  static of({ en, de }: Both<Notice>): RequestInWordsDto {
    return {
      title: { en: en.title, de: de.title },
      incentive: en.incentive,
      details: pairs({ en: en.details, de: de.details }).map((detail) => DetailInWordsDto.of(detail)),
      removed: pairs({ en: en.removed, de: de.removed }).map((removal) => PurposeInWordsDto.of(removal)),
      statement: en.statement && de.statement && StatementDto.of({ en: en.statement, de: de.statement }),
      life: { en: en.life, de: de.life },
      ending: { en: en.ending, de: de.ending },
      refusing: { en: en.refusing, de: de.refusing },
    };
  }
}

/** By what the notices of all languages are kept and fetched again. */
export class NoticeHashesDto {
  @ApiProperty({ example: noticeHashExample })
  readonly en!: string;

  @ApiProperty({ example: '17b0d3c8e5f2a4961c7d0e8b3f5a2946d8c1b7e0f3a5926c4d8e1b7f0a3c5296' })
  readonly de!: string;

  static of({ en, de }: Both<Notice>): NoticeHashesDto {
    return { en: noticeHash(en).toString('hex'), de: noticeHash(de).toString('hex') };
  }
}

/** The same list in two languages, as one list. */
function pairs<T>({ en, de }: Both<readonly T[]>): { en: T; de: T }[] {
  return en.map((inEnglish, index) => ({ en: inEnglish, de: de[index] as T }));
}
