import { Body, Controller, Get, Post, Query } from '@nestjs/common';

import { Access, actorOf, CurrentCustomer, type CustomerPrincipal, Delegable } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, type Page, PageDto, PageQuery } from '../platform/http/paging.js';
import { UuidParam } from '../platform/http/validation.js';
import { example } from './examples.js';
import { ChangesQuery, PreferenceChangeDto, PreferenceVersionDto, UndoDto } from './history.dto.js';
import { HistoryService } from './history.service.js';
import {
  CategoryFullError,
  PreferenceChangedError,
  PreferenceExistsError,
  PreferenceMeaninglessError,
  PreferenceNotFoundError,
  TooManyPreferencesError,
} from './preferences.errors.js';
import { UndoService } from './undo.service.js';
import { byCustomer } from './written-by.js';

const tag = 'Preferences (customer)';
const softened = { ...example, strength: 'avoid', version: 2, updated_at: '2026-11-23T10:00:00.000Z' };

/** What the customer stated before. */
@Controller('v1/me/preferences')
export class HistoryController {
  constructor(
    private readonly histories: HistoryService,
    private readonly undoing: UndoService,
  ) {}

  @Get('changes')
  @Access('customer', 'preferences.read')
  @Delegable()
  @Operation({
    id: 'listPreferenceChanges',
    tag,
    summary: 'What changed between two instants',
    description:
      'Each preference that is another at the end than at the beginning, with what it was and what it became, however ' +
      'often it changed in between; what was changed and put back is left out. The latest change comes first. Both ' +
      'states come in the words of the release of the vocabulary that held at the end.',
    ok: {
      status: 200,
      type: PageDto(PreferenceChangeDto),
      description: 'The changes.',
      example: {
        items: [
          {
            preference_id: example.id,
            attribute: example.attribute,
            change: 'changed',
            was: example,
            became: softened,
            at: softened.updated_at,
            by: byCustomer,
          },
        ],
        next_cursor: null,
      },
    },
    errors: [InvalidCursorError],
  })
  changes(
    @CurrentCustomer() { customer, delegation }: CustomerPrincipal,
    @Query() query: ChangesQuery,
  ): Promise<Page<PreferenceChangeDto>> {
    return this.histories.changes(customer, query.toPeriod(), query, delegation);
  }

  @Get(':id/history')
  @Access('customer', 'preferences.read')
  @Delegable()
  @Operation({
    id: 'listPreferenceHistory',
    tag,
    summary: 'What a preference was before',
    description:
      'The latest version comes first, each as it was written, with who made it. A removed preference keeps its history.',
    ok: {
      status: 200,
      type: PageDto(PreferenceVersionDto),
      description: 'Its versions.',
      example: { items: [{ change: 'recorded', preference: example, by: byCustomer }], next_cursor: null },
    },
    errors: [PreferenceNotFoundError, InvalidCursorError],
  })
  history(
    @CurrentCustomer() { customer, delegation }: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<PreferenceVersionDto>> {
    return this.histories.history(customer, id, query, delegation);
  }

  @Post(':id/undo')
  @Access('customer', 'preferences.write')
  @Delegable()
  @Operation({
    id: 'undoPreferenceChange',
    tag,
    summary: 'Undo the latest change of a preference',
    description:
      'What the preference was before becomes its next version: a removed one comes back under its id, and one that was ' +
      'just recorded is removed. You name the version whose making you undo, so that you undo nothing that you have not ' +
      'seen. An undo is a change like others: its version can be undone, which does it again.',
    ok: {
      status: 200,
      type: PreferenceVersionDto,
      description: 'What became of the preference.',
      example: { change: 'restored', preference: { ...example, version: 3 }, by: byCustomer },
    },
    errors: [
      PreferenceNotFoundError,
      PreferenceChangedError,
      PreferenceExistsError,
      PreferenceMeaninglessError,
      TooManyPreferencesError,
      CategoryFullError,
    ],
  })
  undo(
    @CurrentCustomer() principal: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Body() { version }: UndoDto,
  ): Promise<PreferenceVersionDto> {
    return this.undoing.undo(principal.customer, id, version, { actor: actorOf(principal) });
  }
}
