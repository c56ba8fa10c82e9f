import { Injectable } from '@nestjs/common';
import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';

import { lifetimeOf } from '../../consents/consent-request.entity.js';
import { differenceOf } from '../../consents/difference.js';
import { latestEndOf } from '../../consents/narrowing.js';
import type { Language } from '../../consents/phrases.js';
import { noticeOf } from '../../consents/wording.js';
import { Clock } from '../../platform/clock.js';
import { Config } from '../../platform/config/config.js';
import { VocabularyService } from '../../vocabulary/vocabulary.service.js';
import { AuthorizationDetails } from '../authorization-details.js';
import { DeviceCodes, secretOf, TooManyCodes } from '../device-codes.js';
import { EngineClients } from '../engine-clients.js';
import { EngineContext } from '../engine-context.js';
import { engineRoutes } from '../engine-routes.js';
import { termsOf } from '../request-parameters.js';
import { deviceMessages } from './device.messages.js';
import {
  codeConfirmationPage,
  codeEntryPage,
  type DeviceForm,
  deviceDonePage,
  deviceStoppedPage,
} from './device.page.js';
import { languageOf } from './language.js';
import { pagePolicy } from './page-headers.js';

type DeviceFlow = Exclude<NonNullable<Configuration['features']>['deviceFlow'], undefined>;

/** The pages that the engine shows around a device's code. */
export type DevicePageSources = Required<
  Pick<DeviceFlow, 'userCodeInputSource' | 'userCodeConfirmSource' | 'successSource'>
>;

const MINUTE_S = 60;

/** What people see who come with a code that a till or a kiosk shows (RFC 8628). */
@Injectable()
export class DevicePages {
  constructor(
    private readonly details: AuthorizationDetails,
    private readonly clients: EngineClients,
    private readonly codes: DeviceCodes,
    private readonly vocabularies: VocabularyService,
    private readonly context: EngineContext,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  sources(): DevicePageSources {
    return {
      userCodeInputSource: (ctx, _form, _out, error) => this.enter(ctx, error),
      userCodeConfirmSource: (ctx, _form, _client, _info, userCode) => this.confirm(ctx, userCode),
      successSource: (ctx) => this.done(ctx),
    };
  }

  private enter(ctx: KoaContextWithOIDC, error: Error | undefined): void {
    // Not after a fault of ours, or a browser would go round in circles.
    if (error && beginsWithoutSession(ctx) && statusOf(error) < 500) return startOver(ctx);
    const language = languageOf(ctx.headers);
    if (error?.name === 'AbortedError') {
      show(ctx, deviceStoppedPage(language));
      return;
    }
    const typed = ctx.state['userCode'] ?? ctx.oidc.params?.['user_code'];
    if (error) ctx.status = statusOf(error);
    if (error instanceof TooManyCodes) ctx.set(error.headers);
    const code = typeof typed === 'string' ? typed.slice(0, 20) : undefined;
    show(ctx, codeEntryPage({ language, ...formOf(ctx), code, problem: error && problemOf(error, language) }));
  }

  private async confirm(ctx: KoaContextWithOIDC, userCode: string): Promise<void> {
    const { params = {}, clientId = '', iat } = ctx.oidc.entities.DeviceCode ?? {};
    const asking = await this.clients.active(this.context.reader, clientId);
    if (!asking || iat === undefined) throw new errors.InvalidClient('client is invalid', 'client not found');
    const now = this.clock.now();
    const details = await this.details.read(JSON.parse(String(params['authorization_details'])), clientId);
    const language = languageOf(ctx.headers);
    const terms = termsOf(params);
    const lifetimeDays = lifetimeOf({ ...terms, details }, this.config.CONSENT_LONGEST_DAYS);
    const request = { ...terms, details, lifetimeDays, message: null };
    const notice = noticeOf(
      {
        request,
        retailer: asking.retailer,
        // Who it is about is not known yet, nor what they have given.
        difference: differenceOf(request, null, now),
        end: latestEndOf(request, now),
        vocabulary: this.vocabularies.current(),
      },
      language,
    );
    show(
      ctx,
      codeConfirmationPage({
        language,
        ...formOf(ctx),
        userCode,
        confirmation: this.codes.confirmation(ctx, lettersOf(userCode)),
        notice,
        retailer: asking.retailer,
        device: asking.client.name,
        minutesAgo: Math.floor((Date.now() / 1000 - iat) / MINUTE_S),
      }),
    );
  }

  private async done(ctx: KoaContextWithOIDC): Promise<void> {
    const asking = await this.clients.active(this.context.reader, ctx.oidc.client?.clientId ?? '');
    show(ctx, deviceDonePage(languageOf(ctx.headers), asking?.retailer.name ?? ''));
  }
}

function formOf(ctx: KoaContextWithOIDC): DeviceForm {
  return { action: engineRoutes.code_verification, secret: secretOf(ctx) };
}

/**
 * Whether the browser brings no session of the engine's: it has not been at the page of the code, or too long ago. The
 * engine would keep what it cannot keep then, and fail.
 */
function beginsWithoutSession({ oidc: { session } }: KoaContextWithOIDC): boolean {
  if (!session || session.exp !== undefined) return false;
  Object.assign(session, { touched: false });
  return true;
}

function startOver(ctx: KoaContextWithOIDC): void {
  ctx.status = 303;
  ctx.redirect(engineRoutes.code_verification);
}

function show(ctx: KoaContextWithOIDC, page: string): void {
  ctx.type = 'html';
  ctx.vary('Accept-Language, Cookie');
  ctx.set({ 'Content-Security-Policy': pagePolicy(), 'Cache-Control': 'no-store' });
  ctx.body = page;
}

/** The engine's names for what can be wrong with a code. */
function problemOf(error: Error, language: Language): string {
  const say = deviceMessages[language];
  if (error instanceof TooManyCodes) return say.tooMany;
  switch (error.name) {
    case 'NoCodeError':
      return say.missing;
    case 'NotFoundError':
      return say.notFound;
    case 'ExpiredError':
      return say.expired;
    case 'AlreadyUsedError':
      return say.used;
    default:
      return say.failed;
  }
}

function statusOf(error: Error): number {
  const { statusCode = 500 } = error as { statusCode?: number };
  // The engine shows its form again with 200, whatever was wrong.
  return statusCode === 200 ? 422 : statusCode;
}

/** A code as the engine compares it. */
function lettersOf(userCode: string): string {
  return userCode.replaceAll('-', '');
}
