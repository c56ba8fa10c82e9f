import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { CcxError, problemOf } from '../../platform/errors.js';
import { statusOf } from '../../platform/http/problem.js';
import { languageOf } from './language.js';
import { messagePage } from './layout.js';
import { messages } from './messages.js';
import { pageHeaders } from './page-headers.js';

/** People get pages, not problem documents. */
@Injectable()
@Catch()
export class PageFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const known = thrown instanceof CcxError ? problemOf(thrown) : undefined;
    if (!known) request.log.error({ err: thrown }, 'a page failed');
    const language = languageOf(request.headers);
    const { title, text } = wordsFor(known?.code, messages[language].error);
    void reply
      .status(known ? statusOf[known.kind] : 500)
      .headers(pageHeaders())
      .headers((thrown instanceof CcxError && thrown.headers) || {})
      .send(messagePage({ language, title }, text));
  }
}

function wordsFor(code: string | undefined, say: (typeof messages)['en']['error']): { title: string; text: string } {
  switch (code) {
    case 'visit-over':
      return { title: say.gone, text: say.goneLead };
    case 'forged-form':
      return { title: say.title, text: say.forged };
    case 'rate-limited':
      return { title: say.title, text: say.tooMany };
    case undefined:
    case 'unavailable':
      return { title: say.title, text: say.unavailable };
    default:
      return { title: say.title, text: say.lead };
  }
}
