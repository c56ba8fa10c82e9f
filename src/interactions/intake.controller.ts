import { Body, Controller, Headers, Post, Query } from '@nestjs/common';

import { ConsentPausedError, OutsideConsentError } from '../consents/consents.errors.js';
import { Access, CurrentRetailer, type RetailerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { BodyLimit, LARGEST_BODY } from '../platform/http/route.js';
import { WeighsEach } from '../platform/overload/weight.js';
import { IntakeService } from './intake.service.js';
import { ReportDto, ValidationDto } from './interactions.dto.js';
import {
  ConsentWithdrawnError,
  EventConflictError,
  EventInFutureError,
  EventTooOldError,
  InvalidBatchError,
  InvalidEventError,
  NoConsentAtTimeError,
  SourceNotAllowedError,
} from './interactions.errors.js';
import { reportBody, reportExample, validationExample } from './interactions.examples.js';
import { MappingOptionsDto } from './mapping.dto.js';
import { ContentUnreadableError } from './mapping.errors.js';
import { eventsIn, sentAs } from './report.js';

/** For retailers: what happened at their touchpoints. */
@Controller('v1/interactions')
export class IntakeController {
  constructor(private readonly intake: IntakeService) {}

  @Post()
  @Access('retailer', 'interactions.write')
  @WeighsEach(eventsIn)
  @BodyLimit(LARGEST_BODY)
  @Operation({
    id: 'reportInteractions',
    tag: 'Interactions (retailer)',
    summary: 'Report what happened',
    description:
      'Takes CloudEvents 1.0 in the structured or the batched form, or one to a line (NDJSON); or the receipts of an old till as a table (CSV), with the options that bulk jobs have. Each is checked against the consent of its ' +
      'subject, at the time it happened and now. An event is the same one when your client sends the same `source` ' +
      'and `id` again: sending again is safe. A batch is answered event by event with 200, whatever became of them; a ' +
      'single event that is not kept is answered with the problem. With a client-credentials token every event names ' +
      'its `subject`; with a consent token it may be left out.',
    body: reportBody,
    ok: {
      status: 200,
      type: ReportDto,
      description: 'What became of each event, in their order.',
      example: reportExample,
    },
    errors: [
      InvalidBatchError,
      ContentUnreadableError,
      InvalidEventError,
      EventConflictError,
      EventInFutureError,
      EventTooOldError,
      NoConsentAtTimeError,
      SourceNotAllowedError,
      OutsideConsentError,
      ConsentWithdrawnError,
      ConsentPausedError,
    ],
  })
  reportInteractions(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Headers('content-type') contentType: string | undefined,
    @Query() options: MappingOptionsDto,
    @Body() body: unknown,
  ): Promise<ReportDto> {
    return this.intake.report(caller, sentAs(contentType, body, options));
  }

  @Post('validate')
  @Access('retailer', 'interactions.write')
  @WeighsEach(eventsIn)
  @BodyLimit(LARGEST_BODY)
  @Operation({
    id: 'validateInteractions',
    tag: 'Interactions (retailer)',
    summary: 'Have events checked without reporting them',
    description:
      'Takes what `POST /v1/interactions` takes and checks what each event shows by itself: its form, its time, whether ' +
      'its `source` is one of your client, and what of it would be withheld without a special consent. It looks at no ' +
      'customer and no consent, so that it tells nothing of anybody, and keeps nothing. An event that is valid here may ' +
      'still be refused for want of a consent.',
    body: reportBody,
    ok: {
      status: 200,
      type: ValidationDto,
      description: 'What would be said of each event, in their order.',
      example: validationExample,
    },
    errors: [InvalidBatchError, ContentUnreadableError],
  })
  validateInteractions(
    @CurrentRetailer() caller: RetailerPrincipal,
    @Headers('content-type') contentType: string | undefined,
    @Query() options: MappingOptionsDto,
    @Body() body: unknown,
  ): Promise<ValidationDto> {
    return this.intake.validate(caller, sentAs(contentType, body, options));
  }
}
