import { Body, Controller, Delete, Get, Headers, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { PreconditionFailedError, PreconditionRequiredError } from '../platform/errors.js';
import { Access, CurrentCustomer, type CustomerPrincipal, Delegable } from '../platform/http/access.js';
import { OutsideDelegationError } from '../platform/http/delegation.errors.js';
import { notModified } from '../platform/http/etag.js';
import { IdempotentCreate } from '../platform/http/idempotent-create.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto } from '../platform/http/paging.js';
import { BodyLimit } from '../platform/http/route.js';
import { UuidParam } from '../platform/http/validation.js';
import { statedBy } from './author.js';
import { batch, example, preferenceId, quietHours, revisions, statements } from './examples.js';
import { type Preference, preferenceEtag } from './preference.js';
import { PreferenceDto, PreferencesQuery, RecordedPreferencesDto } from './preferences.dto.js';
import {
  CategoryFullError,
  PreferenceExistsError,
  PreferenceNotFoundError,
  TooManyPreferencesError,
} from './preferences.errors.js';
import { PreferencesService } from './preferences.service.js';
import { LARGEST_BATCH, NewPreferenceDto, PreferenceBatchDto, PreferenceRevisionDto } from './statements.dto.js';

const tag = 'Preferences (customer)';
const etag = { ETag: { description: 'The validator of the preference, for If-Match.' } };
/** As much as a batch of the largest values takes. */
const LARGEST_BATCH_BYTES = LARGEST_BATCH * 5120;

/** What the customer states. */
@Controller('v1/me/preferences')
export class PreferencesController {
  constructor(private readonly preferences: PreferencesService) {}

  @Get()
  @Access('customer', 'preferences.read')
  @Delegable()
  @Operation({
    id: 'listPreferences',
    tag,
    summary: 'What I have stated',
    description:
      'The latest change comes first. With `as_of` you see what you stated at that instant, as it stood then; the other ' +
      'filters then mean that instant, too. What waits for you to look at it again: `review=due`, `status=pending`.',
    ok: {
      status: 200,
      type: PageDto(PreferenceDto),
      description: 'The preferences.',
      example: { items: [quietHours, example], next_cursor: null },
    },
    errors: [InvalidCursorError],
  })
  list(
    @CurrentCustomer() { customer, delegation }: CustomerPrincipal,
    @Query() query: PreferencesQuery,
  ): Promise<Page<PreferenceDto>> {
    return this.preferences.list(customer, query.toFilter(), query, delegation);
  }

  @Post()
  @Access('customer', 'preferences.write')
  @Delegable()
  @ApiBody({ type: NewPreferenceDto, examples: statements })
  @IdempotentCreate()
  @Operation({
    id: 'recordPreference',
    tag,
    summary: 'State a preference',
    description:
      'A profile holds at most 1 000 preferences, a value at most 4 KiB, a category at most 256 KiB. ' +
      'The same attribute, key, `applies_to` and context can be stated once.',
    ok: {
      status: 201,
      type: PreferenceDto,
      description: 'The preference.',
      example,
      headers: { ...etag, Location: { description: 'Its address.', example: `/v1/me/preferences/${preferenceId}` } },
    },
    errors: [PreferenceExistsError, TooManyPreferencesError, CategoryFullError, OutsideDelegationError],
  })
  async record(
    @CurrentCustomer() principal: CustomerPrincipal,
    @Body() body: NewPreferenceDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PreferenceDto> {
    const recorded = await this.preferences.record(principal.customer, body.toDraft(), statedBy(principal));
    void reply.header('location', `/v1/me/preferences/${recorded.id}`);
    return withEtag(recorded, reply);
  }

  @Post('batch')
  @Access('customer', 'preferences.write')
  @Delegable()
  @ApiBody({ type: PreferenceBatchDto, examples: batch })
  @IdempotentCreate()
  @BodyLimit(LARGEST_BATCH_BYTES)
  @Operation({
    id: 'recordPreferences',
    tag,
    summary: 'State many preferences at once',
    description:
      'All of them are recorded or, when one of them cannot be, none. `errors` names each fault by its item.',
    ok: {
      status: 201,
      type: RecordedPreferencesDto,
      description: 'The preferences, in the order of the request.',
      example: { items: [example, quietHours] },
    },
    errors: [PreferenceExistsError, TooManyPreferencesError, CategoryFullError, OutsideDelegationError],
  })
  async recordAll(
    @CurrentCustomer() principal: CustomerPrincipal,
    @Body() body: PreferenceBatchDto,
  ): Promise<RecordedPreferencesDto> {
    return { items: await this.preferences.recordAll(principal.customer, body.toDrafts(), statedBy(principal)) };
  }

  @Get(':id')
  @Access('customer', 'preferences.read')
  @Delegable()
  @Operation({
    id: 'getPreference',
    tag,
    summary: 'One preference',
    ok: { status: 200, type: PreferenceDto, description: 'The preference.', example, headers: etag },
    more: [{ status: 304, description: 'The preference is as the caller knows it.' }],
    errors: [PreferenceNotFoundError],
  })
  async get(
    @CurrentCustomer() { customer, delegation }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PreferenceDto | undefined> {
    const found = await this.preferences.get(customer, id, delegation);
    return notModified(request, reply, preferenceEtag(found)) ? undefined : found;
  }

  @Put(':id')
  @Access('customer', 'preferences.write')
  @Delegable()
  @ApiBody({ type: PreferenceRevisionDto, examples: revisions })
  @Operation({
    id: 'revisePreference',
    tag,
    summary: 'Revise a preference',
    description:
      'What is left out is gone from the preference. Its attribute stays; its value, whom it applies to and its ' +
      'context may change. A revised preference counts as stated by you, whatever it came from.',
    ok: {
      status: 200,
      type: PreferenceDto,
      description: 'The preference in its new version.',
      example: { ...example, strength: 'avoid', version: 2, updated_at: '2026-11-23T10:00:00.000Z' },
      headers: etag,
    },
    errors: [
      PreferenceNotFoundError,
      PreconditionRequiredError,
      PreconditionFailedError,
      PreferenceExistsError,
      CategoryFullError,
    ],
  })
  async revise(
    @CurrentCustomer() principal: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: PreferenceRevisionDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PreferenceDto> {
    const author = statedBy(principal);
    return withEtag(await this.preferences.revise(principal.customer, id, ifMatch, body.toRevision(), author), reply);
  }

  @Delete(':id')
  @Access('customer', 'preferences.write')
  @Delegable()
  @Operation({
    id: 'removePreference',
    tag,
    summary: 'Remove a preference',
    description: 'It no longer holds anywhere. Its history stays until the customer is erased.',
    ok: { status: 204, description: 'It is removed.' },
    errors: [PreferenceNotFoundError],
  })
  remove(@CurrentCustomer() principal: CustomerPrincipal, @UuidParam('id') id: string): Promise<void> {
    return this.preferences.remove(principal.customer, id, statedBy(principal));
  }
}

function withEtag(preference: Preference, reply: FastifyReply): Preference {
  void reply.header('etag', preferenceEtag(preference));
  return preference;
}
