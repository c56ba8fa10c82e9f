import { type Html, html } from '../../platform/http/html.js';
import { alertOf, pageOf } from './layout.js';
import { messages } from './messages.js';
import type { Visit } from './visit.js';

export interface CredentialsForm {
  readonly email?: string | undefined;
  readonly problem?: string | undefined;
}

/** Where somebody proves who they are before they are asked anything. */
export function signInPage(visit: Visit, { email = visit.loginHint, problem }: CredentialsForm = {}): string {
  const say = messages[visit.language].signIn;
  return credentialsPage(visit, {
    title: say.title,
    lead: say.lead(visit.retailer.name),
    action: 'sign-in',
    submit: say.submit,
    autocomplete: 'current-password',
    other: html`${say.newHere} <a href="${visit.path}/sign-up">${say.toSignUp}</a>`,
    email,
    problem,
  });
}

/** Where a newcomer makes an account without losing the way back. */
export function signUpPage(visit: Visit, { email = visit.loginHint, problem }: CredentialsForm = {}): string {
  const say = messages[visit.language].signUp;
  return credentialsPage(visit, {
    title: say.title,
    lead: say.lead,
    action: 'sign-up',
    submit: say.submit,
    autocomplete: 'new-password',
    hint: say.passwordHint,
    other: html`${say.known} <a href="${visit.path}">${say.toSignIn}</a>`,
    email,
    problem,
  });
}

/** The only time that recovery codes are seen. */
export function recoveryCodesPage(visit: Visit, codes: readonly string[]): string {
  const say = messages[visit.language].signUp;
  return pageOf({
    language: visit.language,
    title: say.codesTitle,
    body: html`<section class="card narrow">
      <h1>${say.codesTitle}</h1>
      <p class="lead">${say.codesLead}</p>
      <ul class="codes">
        ${codes.map((code) => html`<li>${code}</li>`)}
      </ul>
      <a class="button wide" href="${visit.path}">${say.continue}</a>
    </section>`,
  });
}

interface CredentialsPage extends CredentialsForm {
  readonly title: string;
  readonly lead: string;
  readonly action: 'sign-in' | 'sign-up';
  readonly submit: string;
  readonly autocomplete: 'current-password' | 'new-password';
  readonly hint?: string;
  readonly other: Html;
}

function credentialsPage(visit: Visit, page: CredentialsPage): string {
  const say = messages[visit.language].signIn;
  return pageOf({
    language: visit.language,
    title: page.title,
    body: html`<section class="card narrow">
      <h1>${page.title}</h1>
      <p class="lead">${page.lead}</p>
      ${alertOf(page.problem)}
      <form method="post" action="${visit.path}/${page.action}">
        <input type="hidden" name="form" value="${visit.formToken(page.action)}" />
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
        <label class="field">
          ${say.password}
          <input type="password" name="password" required maxlength="1024" autocomplete="${page.autocomplete}" />
          ${page.hint && html`<span class="hint">${page.hint}</span>`}
        </label>
        <button class="wide" type="submit">${page.submit}</button>
      </form>
      <p class="aside">${page.other}</p>
      <form class="aside" method="post" action="${visit.path}/cancel">
        <input type="hidden" name="form" value="${visit.formToken('cancel')}" />
        <button class="plain" type="submit">${say.cancel(visit.retailer.name)}</button>
      </form>
    </section>`,
  });
}
