import { Controller, Get, Query } from '@nestjs/common';
import { ApiExtraModels, getSchemaPath } from '@nestjs/swagger';

import { Config } from '../platform/config/config.js';
import { Access, CurrentCustomer, type CustomerPrincipal, Delegable } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { reasons } from '../preferences/verdict.js';
import { RetailerNotFoundError } from '../retailers/retailers.errors.js';
import { EffectiveDto, EffectiveQuery } from './effective.dto.js';
import { EffectiveService } from './effective.service.js';
import { CircumstancesDto, renderedFormat } from './reading.dto.js';
import { RenderedEffectiveDto } from './rendered.dto.js';

const preference = '019a9e3e-7b1c-7d20-9f5e-1c2d3e4f5a6b';

/** For customers: what holds of what they stated, and what a retailer gets of it. */
@Controller('v1/me/effective')
export class EffectiveController {
  constructor(
    private readonly effective: EffectiveService,
    private readonly config: Config,
  ) {}

  @Get()
  @ApiExtraModels(EffectiveDto, RenderedEffectiveDto)
  @Access('customer', 'preferences.read')
  @Delegable()
  @Operation({
    id: 'previewEffective',
    tag: 'Preferences (customer)',
    summary: 'See what holds, why, and what a retailer gets of it',
    description:
      'What holds for a retailer, at a touchpoint, stage, place, occasion and time, and why each preference won or ' +
      'lost. With `retailer_id` you also learn of every attribute whether that retailer gets it, and if not, why: ' +
      'what you leave out of the question may then be anything, so that shared means shared somewhere. With `as_of` ' +
      'you see what you had stated then, under the consents of today. With `format` all that holds comes in the ' +
      'words of another standard.',
    ok: {
      status: 200,
      schema: { oneOf: [{ $ref: getSchemaPath(EffectiveDto) }, { $ref: getSchemaPath(RenderedEffectiveDto) }] },
      description: 'What holds there and then.',
      example: {
        at: '2026-11-21T09:30:00.000Z',
        valid_until: null,
        vocabulary: '1.2.0',
        effective: [
          {
            attribute: 'size.footwear',
            key: 'EUROPE',
            value: { system: 'EUROPE', size: '42.5' },
            strength: 'want',
            weight: null,
            sources: [preference],
          },
        ],
        explain: [
          {
            preference_id: preference,
            attribute: 'size.footwear',
            key: 'EUROPE',
            outcome: 'won',
            reason: 'only',
            detail: reasons.only,
            beaten_by: null,
          },
        ],
        sharing: {
          retailer_id: '019a9e01-7b1c-7d20-9f5e-1c2d3e4f5a6b',
          retailer_name: 'Albatross Groceries',
          consent: null,
          attributes: [{ attribute: 'size.footwear', shared: false, not_shared_because: ['no_consent'] }],
        },
      } satisfies EffectiveDto,
    },
    errors: [RetailerNotFoundError],
  })
  async previewEffective(
    @CurrentCustomer() { customer, delegation }: CustomerPrincipal,
    @Query() query: EffectiveQuery,
  ): Promise<EffectiveDto | RenderedEffectiveDto> {
    const { retailer_id: retailerId, as_of: asOf, purpose, touchpoint, stage, at, occasion = null } = query;
    const place = CircumstancesDto.placeOf(query);
    const question = { retailerId, purpose, touchpoint, stage, place, occasion, at, asOf };
    const preview = await this.effective.preview(customer, question, delegation);
    const format = renderedFormat(query.format);
    return format ? RenderedEffectiveDto.of(preview, format, this.config.issuer) : EffectiveDto.of(preview);
  }
}
