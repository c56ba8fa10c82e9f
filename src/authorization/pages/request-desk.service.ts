import { Injectable } from '@nestjs/common';

import type { Consent } from '../../consents/consent.entity.js';
import type { ConsentRequest } from '../../consents/consent-request.entity.js';
import { ConsentRequestsService } from '../../consents/consent-requests.service.js';
import { NothingKeptError, NoticeOutdatedError, RequestDecidedError } from '../../consents/consents.errors.js';
import { ConsentsService } from '../../consents/consents.service.js';
import { attributesOf, isSpecialDetail, itemsOf } from '../../consents/detail.js';
import type { Choice } from '../../consents/narrowing.js';
import { PreApprovals } from '../../consents/pre-approvals.service.js';
import { type Notice, noticeHash } from '../../consents/wording.js';
import { Words } from '../../consents/words.js';
import { SignInRefusedError } from '../../customers/customers.errors.js';
import { Clock } from '../../platform/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { RateLimitedError } from '../../platform/errors.js';
import { actorOf, type CustomerPrincipal } from '../../platform/http/access.js';
import { RecentSignInRequiredError } from '../../platform/http/recent-sign-in.js';
import { RetailersService } from '../../retailers/retailers.service.js';
import { VocabularyService } from '../../vocabulary/vocabulary.service.js';
import { choiceOf } from './choice.js';
import { type ConsentPage, consentPage } from './consent.page.js';
import { asLanguage } from './language.js';
import { messages } from './messages.js';
import { PASSKEY_SCRIPT_PATH } from './passkey-script.js';
import { passkeyConfirmation } from './passkey.fragments.js';
import { type Exchange, type Form, type PageOrAddress, type Place, type SignedIn, textOf } from './place.js';
import { SignIn } from './sign-in.service.js';
import { specialPage } from './special.page.js';
import { StatedValues } from './stated-values.js';

/** Where a request is put before the customer. */
export type Setting = Pick<ConsentPage, 'frame' | 'decision' | 'part'>;

/** How a decision on a page turned out: made, made elsewhere a moment ago, or to be asked again for a reason. */
export type Outcome = { readonly decided: ConsentRequest } | { readonly again: string; readonly status: number };

/** Puts requests before customers and takes their decisions: the same way on every page. */
@Injectable()
export class RequestDesk {
  constructor(
    private readonly requests: ConsentRequestsService,
    private readonly preApprovals: PreApprovals,
    private readonly consents: ConsentsService,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly values: StatedValues,
    private readonly signIns: SignIn,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The page of an open request. That it was seen is recorded, apart from any decision. */
  async show(
    place: SignedIn<Place>,
    request: ConsentRequest,
    setting: Setting,
    refused?: { again: string; status: number },
  ): Promise<PageOrAddress> {
    const { principal, language } = place;
    const { customer } = principal;
    const [retailer, notice, agreed, standing] = await Promise.all([
      this.retailers.get(request.retailerId),
      this.requests.notice(request, language),
      this.preApprovals.agreedIn(request),
      request.use === 'standing'
        ? this.consents.standingWith(this.database.reader, customer, request.retailerId)
        : null,
    ]);
    await this.database.transaction((tx) => this.requests.shown(tx, request));
    const page: ConsentPage = {
      ...setting,
      request,
      notice,
      noticeHash: hashOf(notice),
      retailer,
      values: await this.values.of(customer, retailer, attributesOf(request.details), language),
      standing: standing && { isPaused: standing.status === 'paused', maxReadsPerDay: standing.maxReadsPerDay },
      agreed,
      struck: this.struckWords(request, new Words(this.vocabulary(request), language, retailer.name)),
      problem: refused?.again,
    };
    const status = refused?.status ?? 200;
    if (!request.details.some(isSpecialDetail)) return { status, page: consentPage(page) };
    if (this.signIns.isRecent(principal)) return { status, page: specialPage({ ...page, confirmation: undefined }) };
    const frame = { ...setting.frame, scripts: [PASSKEY_SCRIPT_PATH] };
    const confirmation = passkeyConfirmation({ ...place, to: place.address });
    return { status, page: specialPage({ ...page, frame, confirmation }), scripts: true };
  }

  /**
   * Takes the decision that was made on the page, if the page still says what is true.
   *
   * @param onApproval Done in the same transaction.
   * @throws RequestLapsedError, RetailerSuspendedError
   */
  async decide(
    { principal, language }: SignedIn<Place>,
    request: ConsentRequest,
    form: Form,
    exchange: Exchange,
    onApproval: (tx: Tx, consent: Consent) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<Outcome> {
    const say = messages[language];
    const notice = await this.requests.notice(request, asLanguage(form['language']) ?? language);
    if (form['request'] !== request.id || form['notice'] !== hashOf(notice)) {
      return { again: say.consent.changed, status: 422 };
    }
    const choice = choiceOf(form, request, this.clock.now());
    if (lacksExpressConsent(choice, notice)) return { again: say.special.notAgreed, status: 422 };
    try {
      const by = await this.confirmed(principal, request, choice, form, exchange);
      const decision = await this.database.transaction(async (tx) => {
        const shown = { hash: noticeHash(notice).toString('hex') };
        const decided = { actor: actorOf(by), signedInAt: by.signedInAt, shown };
        const made = await this.requests.decide(tx, request, choice, decided);
        if (made.consent) await onApproval(tx, made.consent);
        return made;
      });
      return { decided: decision.request };
    } catch (error) {
      // In another window, a moment ago: what was decided there holds.
      if (error instanceof RequestDecidedError)
        return { decided: await this.requests.get(principal.customer, request.id) };
      if (error instanceof NoticeOutdatedError) return { again: say.consent.changed, status: 422 };
      if (error instanceof NothingKeptError) return { again: say.consent.nothingKept, status: 422 };
      if (error instanceof SignInRefusedError) return { again: say.signIn.wrongPassword, status: 401 };
      if (error instanceof RecentSignInRequiredError) return { again: say.special.passwordHint, status: 401 };
      if (error instanceof RateLimitedError) return { again: say.error.tooMany, status: 429 };
      throw error;
    }
  }

  /** Allowing something special takes a recent sign-in; refusing takes nothing. */
  private async confirmed(
    principal: CustomerPrincipal,
    { details }: ConsentRequest,
    { decision }: Choice,
    form: Form,
    exchange: Exchange,
  ): Promise<CustomerPrincipal> {
    const mustBeRecent = decision === 'approve' && details.some(isSpecialDetail);
    if (!mustBeRecent || this.signIns.isRecent(principal)) return principal;
    return this.signIns.confirm(principal, textOf(form, 'password'), exchange);
  }

  private struckWords({ struck }: ConsentRequest, words: Words): ConsentPage['struck'] {
    return struck.flatMap(({ detail, rule }) =>
      itemsOf(detail).map((code) => ({ sentence: words.item({ type: detail.type, code }).sentence, rule: rule.name })),
    );
  }

  private vocabulary({ vocabularyVersion }: ConsentRequest): ReturnType<VocabularyService['release']> {
    return this.vocabularies.release(vocabularyVersion);
  }
}

function lacksExpressConsent(choice: Choice, { statement }: Notice): boolean {
  return choice.decision === 'approve' && statement !== null && choice.statement !== statement.hash;
}

function hashOf(notice: Notice): string {
  return noticeHash(notice).toString('base64url');
}
