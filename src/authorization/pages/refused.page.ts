import type { ConsentRequest } from '../../consents/consent-request.entity.js';
import { html } from '../../platform/http/html.js';
import { messagePage } from './layout.js';
import { messages } from './messages.js';
import type { Visit } from './visit.js';

/** Says that a refusal has been understood, or that a rule of the customer's has refused. */
export function refusedPage(
  { language, address, retailer }: Visit,
  returnTo: string,
  { id, decidedByRule: rule }: Pick<ConsentRequest, 'id' | 'decidedByRule'>,
): string {
  const { refused: say, requests } = messages[language];
  return messagePage(
    { language, address, title: say.title },
    say.lead(retailer.name),
    html`${rule && html`<p class="note">${say.byRule(rule.name)}</p>`}
      <a class="button wide" href="${returnTo}">${say.back(retailer.name)}</a>
      <p class="aside small"><a href="/account/requests/${id}/receipt" download>${requests.receipt}</a></p>`,
  );
}
