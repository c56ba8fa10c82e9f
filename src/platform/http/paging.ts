import type { Type } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';

import { CcxError, Problem } from '../errors.js';

export const DEFAULT_PAGE = 50;
export const LARGEST_PAGE = 200;

@Problem({
  code: 'invalid-cursor',
  kind: 'invalid',
  title: 'The cursor is not valid here',
  advice: 'Send `next_cursor` of the previous page as it was given, to the same operation, or start without one.',
})
export class InvalidCursorError extends CcxError {
  constructor() {
    super('The cursor does not belong to this list.', {
      errors: [{ pointer: 'query/cursor', detail: 'must be next_cursor of an earlier page of this list' }],
    });
  }
}

/** The query of every list. A `limit` above the largest page is lowered to it rather than refused. */
export class PageQuery {
  @ApiPropertyOptional({
    description: 'Most items to answer. Larger values are lowered to 200.',
    type: 'integer',
    minimum: 1,
    default: DEFAULT_PAGE,
    example: 20,
  })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' && value !== '' ? Number(value) : value))
  @IsInt()
  @Min(1)
  @IsOptional()
  limit?: number;

  @ApiPropertyOptional({ description: 'Where to go on: `next_cursor` of the previous page.', maxLength: 500 })
  @IsString()
  @MaxLength(500)
  @IsOptional()
  cursor?: string;
}

/** How many items to answer for this query. */
export function pageSize(query: PageQuery): number {
  return Math.min(query.limit ?? DEFAULT_PAGE, LARGEST_PAGE);
}

export interface Page<T> {
  readonly items: T[];
  readonly next_cursor: string | null;
}

type CursorKind = 'time' | 'uuid' | 'text' | 'int' | 'bigint';
type CursorValue = Date | string | number;
type CursorKey<Kinds extends readonly CursorKind[]> = {
  -readonly [I in keyof Kinds]: { time: Date; uuid: string; text: string; int: number; bigint: number }[Kinds[I]];
};

/** An opaque cursor: the sort key of the last item of a page. */
export function encodeCursor(...key: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** As `Date` writes it in the years that PostgreSQL and JavaScript both know. */
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const readers: { [K in CursorKind]: (value: unknown) => CursorValue | undefined } = {
  time: (value) => (typeof value === 'string' && isoTime.test(value) ? validDate(value) : undefined),
  uuid: (value) => (typeof value === 'string' && uuid.test(value) ? value : undefined),
  text: (value) => (typeof value === 'string' && !value.includes('\0') ? value : undefined),
  // As wide as the columns of these names: PostgreSQL compares with nothing beyond.
  int: (value) => (typeof value === 'number' && value === (value | 0) ? value : undefined),
  bigint: (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined),
};

function validDate(text: string): Date | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/**
 * The sort key in a cursor, read as the given kinds: `decodeCursor(query.cursor, ['time', 'uuid'])`.
 * @throws InvalidCursorError when the cursor was not made for such a list
 */
export function decodeCursor<const Kinds extends readonly CursorKind[]>(
  cursor: string | undefined,
  kinds: Kinds,
): CursorKey<Kinds> | undefined {
  if (cursor === undefined) return undefined;
  const parts = parse(cursor);
  if (parts.length !== kinds.length) throw new InvalidCursorError();
  const key = kinds.map((kind, index) => readers[kind](parts[index]));
  if (key.includes(undefined)) throw new InvalidCursorError();
  return key as CursorKey<Kinds>;
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** A page out of rows that were fetched with `limit + 1`: the extra row says that there is more. */
export function pageOf<T>(rows: readonly T[], limit: number, key: (row: T) => readonly CursorValue[]): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next_cursor: rows.length > limit && last !== undefined ? encodeCursor(...key(last)) : null };
}

const pageClasses = new Map<Type, Type>();

/** The documented class of a page of `Item`, for `@Operation({ ok: { type: PageDto(ConsentDto) } })`. */
export function PageDto<T>(Item: Type<T>): Type<Page<T>> {
  const known = pageClasses.get(Item);
  if (known) return known;

  class ItemPage implements Page<T> {
    @ApiProperty({ type: [Item] })
    readonly items!: T[];

    @ApiProperty({
      description: 'Send it as `cursor` for the next page; null on the last one.',
      type: 'string',
      nullable: true,
    })
    readonly next_cursor!: string | null;
  }
  Object.defineProperty(ItemPage, 'name', { value: `${Item.name.replace(/Dto$/, '')}PageDto` });
  pageClasses.set(Item, ItemPage);
  return ItemPage;
}
