import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';

import { Access, actorOf, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, PageQuery } from '../platform/http/paging.js';
import { UuidParam } from '../platform/http/validation.js';
import { CategoryFullError, PreferenceExistsError } from '../preferences/preferences.errors.js';
import { CandidatePageDto } from './candidates.dto.js';
import { CandidatesService } from './candidates.service.js';
import { SuggestionSettingsChangeDto, SuggestionSettingsDto } from './settings.dto.js';
import { SettingsService } from './settings.service.js';
import { SuggestionDto, SuggestionListDto, SuggestionsQuery, SuggestionWithEvidenceDto } from './suggestions.dto.js';
import { SuggestionDecidedError, SuggestionNotFoundError } from './suggestions.errors.js';
import {
  candidatesExample,
  decidedExample,
  evidenceExample,
  settingsExample,
  suggestionExample,
} from './suggestions.examples.js';
import { SuggestionsService } from './suggestions.service.js';

const tag = 'Suggestions (customer)';

/** For customers: what could be learned from what retailers reported, if they want it to be. */
@Controller('v1/me/suggestions')
export class SuggestionsController {
  constructor(
    private readonly suggestions: SuggestionsService,
    private readonly candidates: CandidatesService,
    private readonly settings: SettingsService,
  ) {}

  @Get('settings')
  @Access('customer', 'preferences.read')
  @Operation({
    id: 'getSuggestionSettings',
    tag,
    summary: 'See whether I get suggestions',
    ok: { status: 200, type: SuggestionSettingsDto, description: 'The settings.', example: settingsExample },
    errors: [],
  })
  async getSettings(@CurrentCustomer() { customer }: CustomerPrincipal): Promise<SuggestionSettingsDto> {
    return SuggestionSettingsDto.of(await this.settings.of(customer));
  }

  @Patch('settings')
  @Access('customer', 'preferences.write', 'interactions.read')
  @Operation({
    id: 'changeSuggestionSettings',
    tag,
    summary: 'Switch suggestions on or off',
    description:
      'Members that are left out stay as they are. Once on, what retailers reported and what of it stands is looked at, ' +
      'and what you do is counted, without your name, towards what is known of at least 50 customers together. ' +
      'Switching off forgets all that followed from it, but not what you have answered.',
    ok: { status: 200, type: SuggestionSettingsDto, description: 'As they are now.', example: settingsExample },
    errors: [],
  })
  async changeSettings(
    @CurrentCustomer() me: CustomerPrincipal,
    @Body() body: SuggestionSettingsChangeDto,
  ): Promise<SuggestionSettingsDto> {
    return SuggestionSettingsDto.of(await this.settings.change(me.customer, actorOf(me), body.toChange()));
  }

  @Get()
  @Access('customer', 'preferences.read', 'interactions.read')
  @Operation({
    id: 'listSuggestions',
    tag,
    summary: 'See what is suggested to me',
    description:
      'At most three are open at a time, and one a day is new. None of them has any effect until you accept it; one that ' +
      'no longer follows from what was reported goes by itself.',
    ok: {
      status: 200,
      type: SuggestionListDto,
      description: 'The suggestions, newest first.',
      example: { items: [suggestionExample] },
    },
    errors: [],
  })
  async list(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Query() { status = 'open' }: SuggestionsQuery,
  ): Promise<SuggestionListDto> {
    const found = await this.suggestions.list(customer, status);
    return { items: found.map((suggestion) => SuggestionDto.of(suggestion)) };
  }

  @Get('candidates')
  @Access('customer', 'preferences.read', 'interactions.read')
  @Operation({
    id: 'listSuggestionCandidates',
    tag,
    summary: 'See all that could be concluded about me',
    description:
      'Whether or not it is sure enough to be suggested: what was counted, how probable it makes it, and what it still ' +
      'lacks. Nothing while suggestions are off.',
    ok: { status: 200, type: CandidatePageDto, description: 'A page of candidates.', example: candidatesExample },
    errors: [InvalidCursorError],
  })
  listCandidates(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Query() query: PageQuery,
  ): Promise<CandidatePageDto> {
    return this.candidates.list(customer, query);
  }

  @Get(':id')
  @Access('customer', 'preferences.read', 'interactions.read')
  @Operation({
    id: 'getSuggestion',
    tag,
    summary: 'See why something is suggested',
    ok: {
      status: 200,
      type: SuggestionWithEvidenceDto,
      description: 'The suggestion and the events behind it.',
      example: evidenceExample,
    },
    errors: [SuggestionNotFoundError],
  })
  async get(
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @UuidParam('id') id: string,
  ): Promise<SuggestionWithEvidenceDto> {
    return SuggestionWithEvidenceDto.ofBoth(await this.suggestions.get(customer, id));
  }

  @Post(':id/accept')
  @Access('customer', 'preferences.write', 'interactions.read')
  @Operation({
    id: 'acceptSuggestion',
    tag,
    summary: 'Make a suggestion my preference',
    description:
      'From now on it is stated by you (`inferred_confirmed`), and you change or remove it like any other. What you ' +
      'have stated about the same is never overwritten: revise that instead.',
    ok: {
      status: 200,
      type: SuggestionDto,
      description: 'The suggestion, and in `preference_id` what it became.',
      example: decidedExample('accepted'),
    },
    errors: [SuggestionNotFoundError, SuggestionDecidedError, PreferenceExistsError, CategoryFullError],
  })
  async accept(@CurrentCustomer() me: CustomerPrincipal, @UuidParam('id') id: string): Promise<SuggestionDto> {
    return SuggestionDto.of(await this.suggestions.accept(me.customer, id, actorOf(me)));
  }

  @Post(':id/refuse')
  @Access('customer', 'preferences.write', 'interactions.read')
  @Operation({
    id: 'refuseSuggestion',
    tag,
    summary: 'Turn a suggestion down',
    description: 'The same is not suggested again for 180 days.',
    ok: { status: 200, type: SuggestionDto, description: 'The suggestion.', example: decidedExample('refused') },
    errors: [SuggestionNotFoundError, SuggestionDecidedError],
  })
  async refuse(@CurrentCustomer() me: CustomerPrincipal, @UuidParam('id') id: string): Promise<SuggestionDto> {
    return SuggestionDto.of(await this.suggestions.refuse(me.customer, id, actorOf(me)));
  }

  @Post(':id/never')
  @Access('customer', 'preferences.write', 'interactions.read')
  @Operation({
    id: 'neverSuggestAgain',
    tag,
    summary: 'Turn a suggestion down, and all others about the same attribute',
    description: 'Adds the attribute to `never` of the settings, where you can take it out again.',
    ok: { status: 200, type: SuggestionDto, description: 'The suggestion.', example: decidedExample('refused') },
    errors: [SuggestionNotFoundError, SuggestionDecidedError],
  })
  async never(@CurrentCustomer() me: CustomerPrincipal, @UuidParam('id') id: string): Promise<SuggestionDto> {
    return SuggestionDto.of(await this.suggestions.never(me.customer, id, actorOf(me)));
  }
}
