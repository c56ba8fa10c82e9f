import { Controller, Delete, Get, Headers, Query } from '@nestjs/common';

import { Config } from '../platform/config/config.js';
import { UnauthenticatedError } from '../platform/errors.js';
import { Access, CurrentCustomer, type CustomerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { RateLimit } from '../platform/http/rate-limit.js';
import { RecentSignInRequiredError } from '../platform/http/recent-sign-in.js';
import { AskedErasureDto, ErasureDto, ErasureProgressDto, ErasureQuery } from './erasures.dto.js';
import { ErasureBegunError, ErasureNotFoundError, ErasureUnderWayError } from './erasures.errors.js';
import { askedErasure, cancelledErasure, finishedErasure, waitingErasure } from './erasures.examples.js';
import { Erasures } from './erasures.service.js';

const tag = 'Erasure (customer)';

/** For customers: ending the account, with all that is held of them. */
@Controller()
export class ErasuresController {
  constructor(
    private readonly erasures: Erasures,
    private readonly config: Config,
  ) {}

  @Delete('v1/me')
  @Access('customer', 'account')
  @Operation({
    id: 'eraseMe',
    tag,
    summary: 'Erase me',
    description:
      'Ends the account once `cool_off` is over, which can be cancelled until then; everything goes on as before ' +
      'meanwhile. **Take along first what you want to keep** (`export`). Then all consents are withdrawn and their ' +
      'retailers told to delete what they hold, sessions and tokens end, and your keys are destroyed: from that moment ' +
      'on nobody can read anything of yours, which cannot be undone. Records are deleted in the minutes after. The log ' +
      'keeps hashes that say nothing. The `token` follows all of it and gets the receipt. Needs a sign-in of the last ' +
      'five minutes.',
    ok: { status: 202, type: AskedErasureDto, description: 'The erasure, and its token.', example: askedErasure },
    errors: [RecentSignInRequiredError, ErasureUnderWayError],
  })
  async erase(@CurrentCustomer() me: CustomerPrincipal, @Query() query: ErasureQuery): Promise<AskedErasureDto> {
    const { erasure, token } = await this.erasures.ask(me, query.coolOffMs());
    return AskedErasureDto.asked(erasure, this.config.issuer, token);
  }

  @Get('v1/me/erasure')
  @Access('customer', 'account')
  @Operation({
    id: 'getMyErasure',
    tag,
    summary: 'Whether I am going to be erased',
    ok: { status: 200, type: ErasureDto, description: 'The erasure that you asked for.', example: waitingErasure },
    errors: [ErasureNotFoundError],
  })
  async get(@CurrentCustomer() { customer }: CustomerPrincipal): Promise<ErasureDto> {
    return ErasureDto.of(await this.erasures.get(customer), this.config.issuer);
  }

  @Delete('v1/me/erasure')
  @Access('customer', 'account')
  @Operation({
    id: 'cancelErasure',
    tag,
    summary: 'Keep the account after all',
    ok: { status: 200, type: ErasureDto, description: 'The erasure, cancelled.', example: cancelledErasure },
    errors: [ErasureNotFoundError, ErasureBegunError],
  })
  async cancel(@CurrentCustomer() me: CustomerPrincipal): Promise<ErasureDto> {
    return ErasureDto.of(await this.erasures.cancel(me), this.config.issuer);
  }

  @Get('v1/erasures/current')
  @Access('public')
  @RateLimit('erasures', { points: 40, seconds: 60, by: 'ip' })
  @Operation({
    id: 'getErasure',
    tag,
    summary: 'How far my erasure has come',
    description:
      'Send the token that `DELETE /v1/me` answered, as `Authorization: Bearer ccx_er_…`. It works when there is no ' +
      'account any more, tells of nobody, and shows what the retailers say has become of what they held.',
    ok: { status: 200, type: ErasureProgressDto, description: 'The erasure.', example: finishedErasure },
    errors: [UnauthenticatedError],
  })
  async progress(@Headers('authorization') authorization: string | undefined): Promise<ErasureProgressDto> {
    const [, token] = /^bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '') ?? [];
    const progress = token ? await this.erasures.byToken(token) : null;
    if (!progress) throw new UnauthenticatedError();
    return ErasureProgressDto.of(progress);
  }
}
