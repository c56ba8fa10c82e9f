import { Body, Controller, Delete, Get, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { Access, CurrentRetailer, type RetailerPrincipal } from '../platform/http/access.js';
import { IdempotentCreate } from '../platform/http/idempotent-create.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto, PageQuery } from '../platform/http/paging.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { IndexParam, UuidParam } from '../platform/http/validation.js';
import { ofItsOwn } from '../retailers/of-its-own.js';
import { LONGEST_SNAPSHOT_HOURS } from './snapshot.entity.js';
import { NewSnapshotDto, SnapshotDto } from './snapshots.dto.js';
import { SnapshotNotFoundError, SnapshotNotReadyError, TillNotServedError } from './snapshots.errors.js';
import { newSnapshotExample, snapshotExample } from './snapshots.examples.js';
import { SnapshotsService } from './snapshots.service.js';

const tag = 'Snapshots (retailer)';

/** For retailers whose tills have no connection at times. */
@Controller('v1/snapshots')
export class SnapshotsController {
  constructor(private readonly snapshots: SnapshotsService) {}

  @Post()
  @Access('retailer', 'preferences.read')
  @RateLimit('snapshots', { points: 1_000, seconds: 3_600, by: 'principal' })
  @IdempotentCreate()
  @Operation({
    id: 'createSnapshot',
    tag,
    summary: 'Have a copy made for tills without a connection',
    description:
      'With a token of your client’s own, which serves the till. It holds the customers who have allowed copies for ' +
      'tills (`delivery` `offline`) and what they let a till know for this purpose; never a special attribute. Each of ' +
      'them sees that it was read. It is good for 24 hours at most. Whatever changes a consent, a pause as well, makes ' +
      'that customer’s entry invalid until the next snapshot.',
    ok: { status: 202, type: SnapshotDto, description: 'It is being made.', example: newSnapshotExample },
    errors: [TillNotServedError],
  })
  async create(@CurrentRetailer() client: RetailerPrincipal, @Body() body: NewSnapshotDto): Promise<SnapshotDto> {
    const { touchpoint, purpose, stage = null, store, lifetime_hours: hours = LONGEST_SNAPSHOT_HOURS } = body;
    const place = store === undefined ? null : { store };
    return SnapshotDto.of(await this.snapshots.create(client, { touchpoint, purpose, stage, place, hours }));
  }

  @Get()
  @Access('retailer', 'preferences.read')
  @Operation({
    id: 'listSnapshots',
    tag,
    summary: 'List your snapshots',
    ok: {
      status: 200,
      type: PageDto(SnapshotDto),
      description: 'Those that have not expired, newest first.',
      example: { items: [snapshotExample], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  async list(@CurrentRetailer() client: RetailerPrincipal, @Query() query: PageQuery): Promise<Page<SnapshotDto>> {
    const page = await this.snapshots.list(ofItsOwn(client).retailerId, query);
    return { ...page, items: page.items.map(SnapshotDto.of) };
  }

  @Get(':id')
  @Access('retailer', 'preferences.read')
  @Operation({
    id: 'getSnapshot',
    tag,
    summary: 'See how far a snapshot has come',
    ok: { status: 200, type: SnapshotDto, description: 'The snapshot.', example: snapshotExample },
    errors: [SnapshotNotFoundError],
  })
  async get(@CurrentRetailer() client: RetailerPrincipal, @UuidParam('id') id: string): Promise<SnapshotDto> {
    return SnapshotDto.of(await this.snapshots.get(ofItsOwn(client).retailerId, id));
  }

  @Delete(':id')
  @Access('retailer', 'preferences.read')
  @Operation({
    id: 'discardSnapshot',
    tag,
    summary: 'End a snapshot before its time',
    description:
      'For a till that was lost, or a copy that nobody needs: its parts and its status list are gone, and with the list ' +
      'everything in it stops holding.',
    ok: { status: 204, description: 'Nothing of it holds any more.' },
    errors: [SnapshotNotFoundError],
  })
  discard(@CurrentRetailer() client: RetailerPrincipal, @UuidParam('id') id: string): Promise<void> {
    return this.snapshots.discard(ofItsOwn(client), id);
  }

  @Get(':id/parts/:number')
  @Access('retailer', 'preferences.read')
  @Operation({
    id: 'getSnapshotPart',
    tag,
    summary: 'Fetch a part of a snapshot',
    description:
      'A compact JWS, `typ` `ccx-snapshot+jwt`, signed with ES256 by a key of `/oauth/jwks`; `aud` is the id of your ' +
      'retailer, `exp` when none of it may be used any more. `snapshot` says what it is of, and `entries` has up to 500 ' +
      'customers, each with `subject`, `consent`, `stage`, `valid_until`, `vocabulary`, `preferences` and ' +
      '`disclosure_id` as `readPreferences` answers them. An entry holds until its `valid_until`, and while the bit ' +
      '`idx` of the list at `uri` in its `status.status_list` is 0. Whoever has withdrawn since it was made is left out.',
    ok: {
      status: 200,
      description: 'The part.',
      contentType: 'application/jwt',
      schema: { type: 'string' },
      example:
        'eyJhbGciOiJFUzI1NiIsInR5cCI6ImNjeC1zbmFwc2hvdCtqd3QifQ.eyJpc3MiOiJodHRwczovL2NjeC5leGFtcGxlIn0.c2lnbmVk',
      headers: { 'Cache-Control': { description: 'It is for tills alone.', example: 'no-store' } },
    },
    errors: [SnapshotNotFoundError, SnapshotNotReadyError, TillNotServedError],
  })
  async part(
    @CurrentRetailer() client: RetailerPrincipal,
    @UuidParam('id') id: string,
    @IndexParam('number') number: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const part = await this.snapshots.part(client, id, number);
    void reply.type('application/jwt');
    return part;
  }
}
