import type { Language } from '../../consents/phrases.js';
import { type Html, html } from '../../platform/http/html.js';
import { messages } from './messages.js';
import { STYLESHEET_PATH } from './stylesheet.js';

export interface PageFrame {
  readonly language: Language;
  readonly title: string;
  readonly body: Html;
  /** Who is signed in, and the form with which they sign out. */
  readonly account?: Html | undefined;
}

const mark = html`<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
  <rect width="32" height="32" rx="9" />
  <path d="M21.6 12.2a7 7 0 1 0 0 7.6" />
  <path class="tick" d="m13.4 16.2 2.6 2.6 5.2-5.4" />
</svg>`;

/** A whole page. It works without JavaScript, which its policy forbids anyway. */
export function pageOf({ language, title, body, account }: PageFrame): string {
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
      </head>
      <body>
        <header class="top">
          <div class="brand">
            ${mark}
            <div><strong>${say.product}</strong><span class="tagline">${say.tagline}</span></div>
          </div>
          ${account}
        </header>
        <main>${body}</main>
      </body>
    </html> `.markup;
}

export function alertOf(text: string | undefined): Html | undefined {
  return text === undefined ? undefined : html`<p class="alert" role="alert">${text}</p>`;
}

/** A plain page that says something and may lead on. */
export function messagePage(
  frame: Pick<PageFrame, 'language' | 'title' | 'account'>,
  text: string,
  more?: Html,
): string {
  return pageOf({
    ...frame,
    body: html`<section class="card narrow">
      <h1>${frame.title}</h1>
      <p class="lead">${text}</p>
      ${more}
    </section>`,
  });
}
