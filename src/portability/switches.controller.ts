import { Body, Controller, Post } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';

import {
  ConsentNotFoundError,
  ConsentStateError,
  NoticeOutdatedError,
  PreApprovalPendingError,
} from '../consents/consents.errors.js';
import { ReceiptsService } from '../consents/receipts.service.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { IdempotentCreate } from '../platform/http/idempotent-create.js';
import { Operation } from '../platform/http/operation.js';
import { UuidParam } from '../platform/http/validation.js';
import { CategoryFullError, TooManyPreferencesError } from '../preferences/preferences.errors.js';
import { RetailerNotFoundError } from '../retailers/retailers.errors.js';
import { orders, switchedExample } from './switch-examples.js';
import { SwitchDto, SwitchedDto } from './switches.dto.js';
import { NothingToSwitchError } from './switches.errors.js';
import { type Switch, Switches } from './switches.service.js';

/** From one retailer to another, in one call. */
@Controller('v1/me/consents')
export class SwitchesController {
  constructor(
    private readonly switches: Switches,
    private readonly receipts: ReceiptsService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Post(':id/switch')
  @Access('customer', 'consents.write', 'preferences.write')
  @ApiBody({ type: SwitchDto, examples: orders })
  @IdempotentCreate()
  @Operation({
    id: 'switchConsent',
    tag: 'Consents (customer)',
    summary: 'Take a consent along to another retailer',
    description:
      'Approves beforehand what the other retailer may have: what this one has, in nothing more and for no longer, ' +
      'without what is special and without anything that was reported. The other retailer learns nothing of it. If ' +
      'one of its clients asks in a browser within 7 days for no more than that (or less), it is given what it asks ' +
      'for, and nobody is asked again; if it asks for more, you decide on that, and see what you have agreed to. ' +
      'Requests for one time, requests of devices and requests to your list are asked as ever, and so is everything ' +
      'when the client asks with `prompt=consent`. Your standing rules come first. `dry_run` says what would happen, ' +
      'and changes nothing.',
    ok: {
      status: 200,
      type: SwitchedDto,
      description: 'What is taken along, what is not, and where to go on.',
      example: switchedExample,
    },
    errors: [
      CategoryFullError,
      ConsentNotFoundError,
      ConsentStateError,
      NothingToSwitchError,
      NoticeOutdatedError,
      PreApprovalPendingError,
      RetailerNotFoundError,
      TooManyPreferencesError,
    ],
  })
  async switch(
    @CurrentCustomer() me: CustomerPrincipal,
    @UuidParam('id') id: string,
    @Body() body: SwitchDto,
  ): Promise<SwitchedDto> {
    const order = body.toOrder();
    const now = this.clock.now();
    if (body.dry_run)
      return SwitchedDto.of(await this.switches.preview(me, id, order), { dryRun: true, receipt: null, now });
    const made = await this.switches.carryOut(me, id, order);
    return SwitchedDto.of(made, { dryRun: false, receipt: await this.receiptOf(me, made), now: this.clock.now() });
  }

  private receiptOf({ customer }: CustomerPrincipal, { request }: Switch) {
    return request && this.receipts.ofRequest(this.database.reader, customer, request.id);
  }
}
