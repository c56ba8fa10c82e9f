import type { Language } from '../../consents/phrases.js';
import { type Html, html } from '../../platform/http/html.js';
import { messages } from './messages.js';
import type { Place } from './place.js';
import { STYLESHEET_PATH } from './stylesheet.js';

export interface PageFrame {
  readonly language: Language;
  readonly title: string;
  readonly body: Html;
  /** Where the page is found again: where a switch of language leads back to. */
  readonly address?: string | undefined;
  /** Who is signed in, and the form with which they sign out. */
  readonly account?: Html | undefined;
  /** The ways to the other pages of an area. */
  readonly nav?: Html | undefined;
  /** Our own scripts that the page gains from; it works without them. The page's policy has to allow them. */
  readonly scripts?: readonly string[];
}

const mark = html`<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
  <rect width="32" height="32" rx="9" />
  <path d="M21.6 12.2a7 7 0 1 0 0 7.6" />
  <path class="tick" d="m13.4 16.2 2.6 2.6 5.2-5.4" />
</svg>`;

/** The way home leads to the account, and only from there: whoever decides something is not led away from it. */
function brand({ product, tagline }: { product: string; tagline: string }, leadsHome: boolean): Html {
  const name = html`${mark} <span><strong>${product}</strong><span class="tagline">${tagline}</span></span>`;
  return leadsHome ? html`<a class="brand" href="/account">${name}</a>` : html`<div class="brand">${name}</div>`;
}

/** A whole page. It works without JavaScript, which its policy forbids unless it names scripts of ours. */
export function pageOf({ language, title, body, address, account, nav, scripts = [] }: PageFrame): string {
  const say = messages[language];
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title} · ${say.product}</title>
        <link rel="stylesheet" href="${STYLESHEET_PATH}" />
        ${scripts.map((src) => html`<script src="${src}" defer></script>`)}
      </head>
      <body>
        <a class="skip" href="#main">${say.skip}</a>
        <header class="top">
          ${brand(say, nav !== undefined)}
          <div class="tools">${account} ${address !== undefined && languageSwitch(language, address)}</div>
        </header>
        ${nav}
        <main id="main">${body}</main>
      </body>
    </html> `.markup;
}

export function alertOf(text: string | undefined): Html | undefined {
  return text === undefined ? undefined : html`<p class="alert" role="alert">${text}</p>`;
}

/** A plain page that says something and may lead on. */
export function messagePage(frame: Omit<PageFrame, 'body'>, text: string, more?: Html): string {
  return pageOf({
    ...frame,
    body: html`<section class="card narrow">
      <h1>${frame.title}</h1>
      <p class="lead">${text}</p>
      ${more}
    </section>`,
  });
}

/** Who is signed in, and the way out. */
export function accountBar(place: Place, email: string): Html {
  const say = messages[place.language].session;
  return html`<form class="account" method="post" action="${place.path}/sign-out">
    ${formTokenOf(place, 'sign-out')}
    <span class="hidden">${say.signedInAs}</span> <b title="${email}">${email}</b>
    <button class="plain" type="submit">${say.signOut}</button>
  </form>`;
}

/** What shows that a form came from a page of ours, and where it leads. */
export function formTokenOf(place: Place, action: string): Html {
  return html`<input type="hidden" name="form" value="${place.formToken(action)}" />
    ${place.to !== undefined && html`<input type="hidden" name="to" value="${place.to}" />`}`;
}

function languageSwitch(language: Language, address: string): Html {
  const other = language === 'en' ? 'de' : 'en';
  const href = `/language/${other}?back=${encodeURIComponent(address)}`;
  return html`<a class="language" href="${href}" hreflang="${other}" lang="${other}"
    >${messages[other].inThisLanguage}</a
  >`;
}
