import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Access, actorOf, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { answerLanguage } from '../platform/http/language.js';
import { Operation } from '../platform/http/operation.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { CategoryFullError, PresetNotFoundError, TooManyPreferencesError } from './preferences.errors.js';
import { PresetChoiceDto, PresetDifferenceDto, PresetsDto } from './presets.dto.js';
import { PresetsService } from './presets.service.js';

const tag = 'Presets (customer)';

/** Ways of shopping that fill in a few preferences at once. */
@Controller('v1/me/presets')
export class PresetsController {
  constructor(
    private readonly presets: PresetsService,
    private readonly vocabularies: VocabularyService,
  ) {}

  @Get()
  @Access('customer', 'preferences.read')
  @Operation({
    id: 'listPresets',
    tag,
    summary: 'Ways of shopping to begin with',
    description:
      'Each asks at most three questions, every one with its possible answers, and states at most a dozen ' +
      'preferences. Texts come in the language that you ask for: English or German.',
    ok: {
      status: 200,
      type: PresetsDto,
      description: 'The presets.',
      headers: { 'Content-Language': { description: 'The language of the texts.', example: 'en' } },
      example: {
        items: [
          {
            id: 'quiet_shopper',
            label: 'Quiet shopper',
            description: 'You would rather not be addressed, advertised to or recommended anything.',
            questions: [
              {
                id: 'help',
                text: 'And the people in the shop?',
                most: 1,
                special: false,
                answers: [
                  { id: 'left_alone', label: 'They leave me alone' },
                  { id: 'on_request', label: 'They come when I ask' },
                ],
              },
            ],
          },
        ],
      } satisfies PresetsDto,
    },
    errors: [],
  })
  list(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): PresetsDto {
    return PresetsDto.of(this.presets.list(), answerLanguage(request, reply), this.vocabularies.current());
  }

  @Post(':id')
  @Access('customer', 'preferences.write')
  @Operation({
    id: 'applyPreset',
    tag,
    summary: 'State what a preset says, or see what it would change',
    description:
      'All of it is stated or none. What you have stated yourself stays, unless you say `replace`. With `dry_run` ' +
      'nothing is stated: look first. Doing it twice changes nothing more.',
    ok: {
      status: 200,
      type: PresetDifferenceDto,
      description: 'What became, or would become, of each of its statements.',
      example: {
        preset: 'quiet_shopper',
        dry_run: true,
        statements: [
          {
            outcome: 'added',
            attribute: 'assistance.style',
            key: null,
            special: false,
            proposed: { value: { style: 'left_alone' }, strength: 'want' },
            before: null,
            preference_id: null,
          },
          {
            outcome: 'kept',
            attribute: 'receipt.delivery',
            key: null,
            special: false,
            proposed: { value: { form: 'app' }, strength: 'want' },
            before: { value: { form: 'paper' }, strength: 'must' },
            preference_id: '019a9c45-2f10-7a44-8b21-6c0d9f4e7a10',
          },
        ],
      } satisfies PresetDifferenceDto,
    },
    errors: [PresetNotFoundError, TooManyPreferencesError, CategoryFullError],
  })
  async apply(
    @CurrentCustomer() principal: CustomerPrincipal,
    @Param('id') id: string,
    @Body() body: PresetChoiceDto,
  ): Promise<PresetDifferenceDto> {
    const choice = body.toChoice();
    const effects = await this.presets.apply(principal.customer, id, choice, actorOf(principal));
    return PresetDifferenceDto.of(id, choice, effects, this.vocabularies.current());
  }
}
