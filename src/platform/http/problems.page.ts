import { type Html, html } from './html.js';
import type { ProblemDefinitionDto } from './problems.controller.js';

function document(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `.markup;
}

export function problemPage({ code, title, status, advice, retryable }: ProblemDefinitionDto): string {
  return document(
    title,
    html`<h1>${title}</h1>
      <p><code>${code}</code> is answered with status ${status}.</p>
      <p>${advice}</p>
      <p>
        ${retryable ? 'The same request may succeed later.' : 'The same request will not succeed without a change.'}
      </p>
      <p><a href="/problems">All problems</a></p>`,
  );
}

export function problemsPage(problems: readonly ProblemDefinitionDto[]): string {
  return document(
    'Problems',
    html`<h1>Problems</h1>
      <dl>
        ${problems.map(
          ({ code, title, status }) =>
            html`<dt><a href="/problems/${code}">${code}</a></dt>
              <dd>${status}: ${title}</dd>`,
        )}
      </dl>`,
  );
}
