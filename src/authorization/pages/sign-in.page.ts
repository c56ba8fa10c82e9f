import { type Html, html } from '../../platform/http/html.js';
import { alertOf, formTokenOf, pageOf } from './layout.js';
import { messages } from './messages.js';
import { PASSKEY_SCRIPT_PATH } from './passkey-script.js';
import { passkeyConfirmation, passkeySignIn } from './passkey.fragments.js';
import type { Place, ShownPage } from './place.js';

/** Where somebody comes in: sent by a retailer, or by themselves. */
export interface Door extends Place {
  /** Who has sent them here, if anybody has. */
  readonly retailer?: { readonly name: string } | undefined;
  readonly loginHint?: string | undefined;
}

export interface CredentialsForm {
  readonly email?: string | undefined;
  readonly problem?: string | undefined;
  readonly status?: number;
}

/** Where somebody proves who they are before they are asked anything. */
export function signInPage(door: Door, { email = door.loginHint, ...form }: CredentialsForm = {}): ShownPage {
  const say = messages[door.language].signIn;
  return credentialsPage(door, {
    ...form,
    title: say.title,
    lead: door.retailer ? say.lead(door.retailer.name) : say.leadOfAccount,
    action: 'sign-in',
    submit: say.submit,
    autocomplete: 'current-password',
    other: html`${say.newHere} <a href="${door.path}/sign-up${queryOf(door)}">${say.toSignUp}</a>`,
    email,
  });
}

/** Where a newcomer makes an account without losing the way back. */
export function signUpPage(door: Door, { email = door.loginHint, ...form }: CredentialsForm = {}): ShownPage {
  const say = messages[door.language].signUp;
  return credentialsPage(door, {
    ...form,
    title: say.title,
    lead: say.lead,
    action: 'sign-up',
    submit: say.submit,
    autocomplete: 'new-password',
    hint: say.passwordHint,
    other: html`${say.known}
      <a href="${door.path}${door.retailer ? '' : '/sign-in'}${queryOf(door)}">${say.toSignIn}</a>`,
    email,
  });
}

/** Where somebody who has forgotten the password gets in with one of their recovery codes. */
export function recoveryPage(door: Door, { email = door.loginHint, ...form }: CredentialsForm = {}): ShownPage {
  const { recover: say, signIn, signUp } = messages[door.language];
  return credentialsPage(door, {
    ...form,
    title: say.title,
    lead: say.lead,
    action: 'recover',
    submit: say.submit,
    autocomplete: 'new-password',
    hint: signUp.passwordHint,
    password: say.password,
    code: say.code,
    other: html`${say.known} <a href="${door.to ?? '/account/sign-in'}">${signIn.title}</a>`,
    email,
  });
}

/** The only time that recovery codes are seen. */
export function recoveryCodesPage({ language }: Door, codes: readonly string[], onwards: string): string {
  const say = messages[language].signUp;
  return pageOf({
    language,
    title: say.codesTitle,
    body: html`<section class="card narrow">
      <h1>${say.codesTitle}</h1>
      <p class="lead">${say.codesLead}</p>
      <ul class="codes">
        ${codes.map((code) => html`<li>${code}</li>`)}
      </ul>
      <a class="button wide" href="${onwards}">${say.continue}</a>
    </section>`,
  });
}

/** Asks somebody who is signed in to show that it is still them. */
export function confirmPage(door: Door, email: string, problem?: string): ShownPage {
  const say = messages[door.language].signIn;
  const page = pageOf({
    ...door,
    title: say.again,
    scripts: [PASSKEY_SCRIPT_PATH],
    body: html`<section class="card narrow">
      <h1>${say.again}</h1>
      <p class="lead">${say.againLead}</p>
      ${alertOf(problem)}
      <form method="post" action="${door.path}/confirm">
        ${formTokenOf(door, 'confirm')}
        <input type="hidden" name="email" value="${email}" autocomplete="username" />
        ${passwordField(say.password, { autocomplete: 'current-password' })}
        <button class="wide" type="submit">${say.confirm}</button>
      </form>
      ${passkeyConfirmation(door)}
      <p class="aside"><a href="/account">${say.back}</a></p>
    </section>`,
  });
  return { page, status: problem === undefined ? 200 : 401, scripts: true };
}

export function passwordField(
  label: string,
  { autocomplete, hint }: { autocomplete: 'current-password' | 'new-password'; hint?: string | undefined },
): Html {
  return html`<label class="field">
    ${label}
    <input type="password" name="password" required maxlength="1024" autocomplete="${autocomplete}" />
    ${hint && html`<span class="hint">${hint}</span>`}
  </label>`;
}

interface CredentialsPage extends CredentialsForm {
  readonly title: string;
  readonly lead: string;
  readonly action: 'sign-in' | 'sign-up' | 'recover';
  /** What the field of the recovery code is called, where there is one. */
  readonly code?: string;
  readonly password?: string;
  readonly submit: string;
  readonly autocomplete: 'current-password' | 'new-password';
  readonly hint?: string;
  readonly other: Html;
}

function credentialsPage(door: Door, page: CredentialsPage): ShownPage {
  const say = messages[door.language].signIn;
  const takesPasskeys = page.action === 'sign-in';
  const markup = pageOf({
    ...door,
    title: page.title,
    scripts: takesPasskeys ? [PASSKEY_SCRIPT_PATH] : [],
    body: html`<section class="card narrow">
      <h1>${page.title}</h1>
      <p class="lead">${page.lead}</p>
      ${alertOf(page.problem)}
      <form method="post" action="${door.path}/${page.action}">
        ${formTokenOf(door, page.action)}
        <label class="field">
          ${say.email}
          <input
            type="email"
            name="email"
            value="${page.email}"
            required
            maxlength="254"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
          />
        </label>
        ${page.code !== undefined && codeField(page.code)} ${passwordField(page.password ?? say.password, page)}
        <button class="wide" type="submit">${page.submit}</button>
      </form>
      ${takesPasskeys && passkeySignIn(door)}
      ${takesPasskeys && html`<p class="aside"><a href="${recoveryAddress(door)}">${say.forgotten}</a></p>`}
      <p class="aside">${page.other}</p>
      ${door.retailer && cancelForm(door, say.cancel(door.retailer.name))}
    </section>`,
  });
  return { page: markup, status: page.status ?? 200, scripts: takesPasskeys };
}

function codeField(label: string): Html {
  return html`<label class="field">
    ${label}
    <input
      type="text"
      name="code"
      required
      maxlength="60"
      autocomplete="one-time-code"
      autocapitalize="characters"
      spellcheck="false"
    />
  </label>`;
}

/** It lies at the account; whoever was sent by a retailer comes back to where they were. */
function recoveryAddress({ to, path, retailer }: Door): string {
  const back = retailer ? path : to;
  return `/account/recover${back === undefined ? '' : `?to=${encodeURIComponent(back)}`}`;
}

function cancelForm(door: Door, label: string): Html {
  return html`<form class="aside" method="post" action="${door.path}/cancel">
    ${formTokenOf(door, 'cancel')}
    <button class="plain" type="submit">${label}</button>
  </form>`;
}

function queryOf({ to }: Door): string {
  return to === undefined ? '' : `?to=${encodeURIComponent(to)}`;
}
