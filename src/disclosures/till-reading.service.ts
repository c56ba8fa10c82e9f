import { Injectable } from '@nestjs/common';

import { NoConsentError } from '../consents/consents.errors.js';
import { TillCodes } from '../customers/till-codes.service.js';
import type { RetailerPrincipal } from '../platform/http/access.js';
import type { Answer, Inquiry } from './answering.service.js';
import { ReadingService } from './reading.service.js';
import { fitForTill, TillAnswerDto } from './till-answer.js';
import { TillCodeNotFoundError } from './till-codes.errors.js';
import { TillClients } from './till-clients.js';

/** Tills read what a customer lets them know who shows a code. */
@Injectable()
export class TillReadingService {
  constructor(
    private readonly codes: TillCodes,
    private readonly clients: TillClients,
    private readonly reading: ReadingService,
  ) {}

  /**
   * Uses the code up, whatever comes of it. A code of somebody without consent is to the retailer as one of nobody, and
   * counts as a guess like it.
   *
   * @throws TillNotServedError TillCodeNotFoundError, and whatever a look-up of the customer throws
   */
  async read(reader: RetailerPrincipal, code: string, inquiry: Omit<Inquiry, 'touchpoint'>): Promise<TillAnswerDto> {
    await this.clients.assertTheyServeTills(reader);
    const redeemed = await this.codes.redeem(code, reader);

    let whole: Answer | undefined;
    const fit = (answer: Answer) => fitForTill((whole = answer));
    const { retailerId, clientId } = reader;
    const [result] = await this.reading.readAbout(
      { retailerId, clientId },
      // Nobody is looked up as well: what is wrong with the retailer itself does not depend on the code.
      redeemed.customer ? [redeemed.customer] : [],
      { ...inquiry, touchpoint: 'till' },
      { fit },
    );
    if (!result || ('error' in result && result.error instanceof NoConsentError)) throw new TillCodeNotFoundError();
    await this.codes.wasNoGuess(redeemed);
    if ('error' in result) throw result.error;
    return TillAnswerDto.atTill(result, result !== whole);
  }
}
