import { html } from '../../platform/http/html.js';
import { messagePage } from './layout.js';
import { messages } from './messages.js';
import type { Visit } from './visit.js';

/** Says that a refusal has been understood. */
export function refusedPage(visit: Visit, returnTo: string): string {
  const say = messages[visit.language].refused;
  return messagePage(
    { language: visit.language, title: say.title },
    say.lead(visit.retailer.name),
    html`<a class="button wide" href="${returnTo}">${say.back(visit.retailer.name)}</a>`,
  );
}
