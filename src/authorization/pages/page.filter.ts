import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { CcxError, problemOf } from '../../platform/errors.js';
import { html } from '../../platform/http/html.js';
import { statusOf } from '../../platform/http/problem.js';
import { languageOf } from './language.js';
import { messagePage } from './layout.js';
import { messages } from './messages.js';
import { pageHeaders, sendStep } from './page-headers.js';
import { LedElsewhere } from './pages.errors.js';

/** People get pages, not problem documents. */
@Injectable()
@Catch()
export class PageFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (thrown instanceof LedElsewhere) return sendStep(reply, { goTo: thrown.address });
    const known = thrown instanceof CcxError ? problemOf(thrown) : undefined;
    if (!known) request.log.error({ err: thrown }, 'a page failed');
    const language = languageOf(request.headers);
    const say = messages[language].error;
    const { title, text } = wordsFor(known, say);
    // Somebody in their account finds the way on from there; whoever was sent here goes back to where they came from.
    const isInAccount = request.url.startsWith('/account');
    const onwards = isInAccount ? html`<a class="button wide" href="/account">${say.toAccount}</a>` : undefined;
    const address = request.method === 'GET' ? request.url : undefined;
    void reply
      .status(known ? statusOf[known.kind] : 500)
      .headers(pageHeaders())
      .headers((thrown instanceof CcxError && thrown.headers) || {})
      .send(messagePage({ language, title, address }, text, onwards));
  }
}

function wordsFor(
  known: { code: string; kind: string } | undefined,
  say: (typeof messages)['en']['error'],
): { title: string; text: string } {
  switch (known?.code) {
    case 'visit-over':
      return { title: say.gone, text: say.goneLead };
    case 'forged-form':
      return { title: say.title, text: say.forged };
    case 'rate-limited':
      return { title: say.title, text: say.tooMany };
    case 'retailer-suspended':
      return { title: say.title, text: say.suspended };
    case undefined:
    case 'unavailable':
      return { title: say.title, text: say.unavailable };
  }
  switch (known?.kind) {
    case 'not-found':
      return { title: say.notFound, text: say.notFoundLead };
    case 'conflict':
      return { title: say.title, text: say.changed };
    default:
      return { title: say.title, text: say.lead };
  }
}
