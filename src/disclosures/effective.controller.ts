import { Controller, Get, Query } from '@nestjs/common';

import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { reasons } from '../preferences/verdict.js';
import { RetailerNotFoundError } from '../retailers/retailers.errors.js';
import { EffectiveDto, EffectiveQuery } from './effective.dto.js';
import { EffectiveService } from './effective.service.js';
import { CircumstancesDto } from './reading.dto.js';

const preference = '019a9e3e-7b1c-7d20-9f5e-1c2d3e4f5a6b';

/** For customers: what holds of what they stated, and what a retailer gets of it. */
@Controller('v1/me/effective')
export class EffectiveController {
  constructor(private readonly effective: EffectiveService) {}

  @Get()
  @Access('customer', 'preferences.read')
  @Operation({
    id: 'previewEffective',
    tag: 'Preferences (customer)',
    summary: 'See what holds, why, and what a retailer gets of it',
    description:
      'What holds for a retailer, at a touchpoint, stage, place, occasion and time, and why each preference won or ' +
      'lost. With `retailer_id` you also learn of every attribute whether that retailer gets it, and if not, why: ' +
      'what you leave out of the question may then be anything, so that shared means shared somewhere.',
    ok: {
      status: 200,
      type: EffectiveDto,
      description: 'What holds there and then.',
      example: {
        at: '2026-11-21T09:30:00.000Z',
        valid_until: null,
        vocabulary: '1.0.0',
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
    @CurrentCustomer() { customer }: CustomerPrincipal,
    @Query() query: EffectiveQuery,
  ): Promise<EffectiveDto> {
    const { retailer_id: retailerId, purpose, touchpoint, stage, at, occasion = null } = query;
    const place = CircumstancesDto.placeOf(query);
    return EffectiveDto.of(
      await this.effective.preview(customer, { retailerId, purpose, touchpoint, stage, place, occasion, at }),
    );
  }
}
