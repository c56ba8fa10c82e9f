import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';

import { ConsentRequestsService } from '../../consents/consent-requests.service.js';
import { CustomersService } from '../../customers/customers.service.js';
import { Config } from '../../platform/config/config.js';
import { NotFoundError } from '../../platform/errors.js';
import { Random } from '../../platform/random.js';
import type { AccountPlace, Done } from './account-place.js';
import { BrowserSessions } from './browser-sessions.js';
import { FormTokens } from './form-token.js';
import { languageOf } from './language.js';
import { localAddress } from './local-address.js';
import { messages } from './messages.js';
import { ForgedFormError, LedElsewhere } from './pages.errors.js';
import { type Exchange, type Form, isSignedIn, type Place, textOf } from './place.js';
import { cookie, cookieOf, hostCookieName } from './session-cookie.js';
import { SignIn } from './sign-in.service.js';

const HOME = '/account';
/** Binds the forms of somebody who is not signed in to their browser. */
const VISITOR_COOKIE = 'ccx_visitor';

/** People who come to their account by themselves, without a retailer who has sent them. */
@Injectable()
export class AccountVisits {
  constructor(
    private readonly sessions: BrowserSessions,
    private readonly signIns: SignIn,
    private readonly customers: CustomersService,
    private readonly requests: ConsentRequestsService,
    private readonly tokens: FormTokens,
    private readonly random: Random,
    private readonly config: Config,
  ) {}

  /** Whoever stands at the door. */
  async atDoor(exchange: Exchange, form?: Form): Promise<Place> {
    const { request } = exchange;
    const { principal, boundTo } = await this.sessions.of(request.headers);
    const bound = boundTo || this.visitorOf(exchange);
    const query = request.query as Form;
    const { pathname } = new URL(request.url, this.config.issuer);
    const to = localAddress((form ?? query)['to'], this.config.issuer);
    return {
      language: languageOf(request.headers),
      path: HOME,
      address:
        request.method === 'GET'
          ? request.url
          : `${pathname}${to === undefined ? '' : `?to=${encodeURIComponent(to)}`}`,
      principal,
      to,
      formToken: (action) => this.tokens.make(HOME, bound, action),
    };
  }

  /** Whoever is signed in. @throws LedElsewhere to the door, and back here afterwards */
  async inside(exchange: Exchange): Promise<AccountPlace> {
    const { request } = exchange;
    const place = { ...(await this.atDoor(exchange)), to: undefined };
    const { pathname, search } = new URL(request.url, this.config.issuer);
    if (!isSignedIn(place)) {
      const back = request.method === 'GET' ? pathname + search : HOME;
      throw new LedElsewhere(`${HOME}/sign-in?to=${encodeURIComponent(back)}`);
    }
    const { customer } = place.principal;
    const [{ email }, waiting] = await Promise.all([
      this.customers.profile(customer),
      // Whoever left a visit in the browser half-way is not waited for here.
      this.requests.countOpen(customer, { origin: 'inbox' }),
    ]);
    return { ...place, address: pathname, email, waiting, done: doneIn(request.query as Form, place) };
  }

  /** The same for a form that was sent from a page of ours to do this. @throws ForgedFormError */
  async submitted(exchange: Exchange, form: Form | undefined, action: string): Promise<AccountPlace> {
    const place = await this.inside(exchange);
    this.checkForm(place, form, action);
    return place;
  }

  /** @throws ForgedFormError unless the form was made for this browser and to do this */
  checkForm(place: Place, form: Form | undefined, action: string): void {
    if (!this.tokens.areSame(place.formToken(action), form?.['form'])) throw new ForgedFormError();
  }

  /** For what takes a recent sign-in. @throws LedElsewhere to prove it, and on to this address afterwards */
  assertRecent({ principal }: AccountPlace, to: string): void {
    if (!this.signIns.isRecent(principal)) throw new LedElsewhere(`${HOME}/confirm?to=${encodeURIComponent(to)}`);
  }

  private visitorOf({ request, reply }: Exchange): string {
    const { secure } = this.sessions;
    const name = hostCookieName(VISITOR_COOKIE, secure);
    const known = cookieOf(request.headers.cookie, name);
    if (known !== undefined) return known;
    const made = this.random.bytes(16).toString('base64url');
    void reply.header('set-cookie', cookie(name, made, { secure }));
    return made;
  }
}

/** An address that says there what has been done. Nobody else can make one. */
export function toldAt(address: string, done: Done, place: Place): string {
  return `${address}?done=${done}.${place.formToken(`done ${done}`)}`;
}

/** An id in an address; what is none is as unknown as one that nobody has. @throws NotFoundError */
export function idIn(text: string): string {
  if (!isUuid(text)) throw new NotFoundError();
  return text;
}

/** Where a page of a list begins: after this id. What is none begins at the beginning. */
export function cursorIn(before: unknown): string | undefined {
  return isUuid(before) ? (before as string) : undefined;
}

function doneIn(query: Form, place: Place): Done | undefined {
  const [code = '', token] = textOf(query, 'done').split('.');
  const isOurs = code in messages.en.done && token === place.formToken(`done ${code}`);
  return isOurs ? (code as Done) : undefined;
}
