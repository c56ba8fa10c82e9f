import { Controller, Get, Post, Query } from '@nestjs/common';

import { Access, actorOf, CurrentStaff, type StaffPrincipal } from '../platform/http/access.js';
import { IdempotentCreate } from '../platform/http/idempotent-create.js';
import { LongJobDto } from '../platform/http/long-job.dto.js';
import { Operation } from '../platform/http/operation.js';
import { InvalidCursorError, PageQuery } from '../platform/http/paging.js';
import { UuidParam } from '../platform/http/validation.js';
import { LongJobNotFoundError } from '../platform/jobs/long-jobs.errors.js';
import { PriorsAdminService } from './priors-admin.service.js';
import { PriorsPageDto } from './priors.dto.js';
import { fitExample, priorsExample } from './suggestions.examples.js';

const tag = 'Suggestions (operator)';

/** Operators have fitted what is known of customers before anything is known of one. */
@Controller('v1/admin/suggestion-priors')
export class PriorsController {
  constructor(private readonly priors: PriorsAdminService) {}

  @Get()
  @Access('operator')
  @Operation({
    id: 'listSuggestionPriors',
    tag,
    summary: 'See what is known of customers before anything is known of one',
    description:
      'The newest version. Each cell is counted over at least 50 customers, and names no value that fewer than 20 have.',
    ok: { status: 200, type: PriorsPageDto, description: 'A page of its cells.', example: priorsExample },
    errors: [InvalidCursorError],
  })
  list(@Query() query: PageQuery): Promise<PriorsPageDto> {
    return this.priors.list(query);
  }

  @Post()
  @Access('operator')
  @IdempotentCreate()
  @Operation({
    id: 'fitSuggestionPriors',
    tag,
    summary: 'Have it fitted anew',
    description:
      'From customers who have switched suggestions on: all of them, or a random sample of 5 000. It happens once a day ' +
      'by itself. A new version counts at once.',
    ok: { status: 202, type: LongJobDto, description: 'The job.', example: fitExample },
    errors: [],
  })
  async fit(@CurrentStaff() staff: StaffPrincipal): Promise<LongJobDto> {
    return LongJobDto.of(await this.priors.fit(actorOf(staff)));
  }

  @Get('jobs/:id')
  @Access('operator')
  @Operation({
    id: 'getSuggestionPriorsJob',
    tag,
    summary: 'See how far it has come',
    ok: { status: 200, type: LongJobDto, description: 'The job.', example: fitExample },
    errors: [LongJobNotFoundError],
  })
  async job(@UuidParam('id') id: string): Promise<LongJobDto> {
    return LongJobDto.of(await this.priors.job(id));
  }
}
