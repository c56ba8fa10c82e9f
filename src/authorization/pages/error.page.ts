import { Injectable } from '@nestjs/common';
import type { Context } from 'koa';
import type { ErrorOut } from 'oidc-provider';

import { html } from '../../platform/http/html.js';
import { languageOf } from './language.js';
import { messagePage, type PageFrame } from './layout.js';
import { messages } from './messages.js';
import { pagePolicy } from './page-headers.js';

/** What somebody in a browser sees when it cannot go on. */
@Injectable()
export class ErrorPage {
  /** For faults that the engine finds and cannot tell the client about by redirecting. */
  renderInEngine(ctx: Context, out: ErrorOut): void {
    const language = languageOf(ctx.headers, ctx.query['ui_locales']);
    ctx.type = 'html';
    ctx.vary('Accept-Language');
    ctx.set('Content-Security-Policy', pagePolicy());
    const address = ctx.method === 'GET' ? ctx.url : undefined;
    ctx.body = errorPage({ language, address }, { ...out });
  }
}

/** The engine's faults are told to developers too: whoever sends people here has to mend them. */
export function errorPage(
  { language, address }: Pick<PageFrame, 'language' | 'address'>,
  out?: Readonly<Record<string, unknown>>,
): string {
  const say = messages[language].error;
  const facts = Object.entries(out ?? {}).filter(([, value]) => typeof value === 'string');
  return messagePage(
    { language, address, title: say.title },
    say.lead,
    html`${
      facts.length > 0 &&
      html`<details>
        <summary>${say.details}</summary>
        ${facts.map(([name, value]) => html`<p><code>${name}: ${value as string}</code></p>`)}
      </details>`
    }`,
  );
}
