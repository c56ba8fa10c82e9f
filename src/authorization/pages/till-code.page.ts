import { encode } from 'uqr';

import { spellTillCode } from '../../customers/till-code.js';
import { type Html, html } from '../../platform/http/html.js';
import { type AccountPlace, accountPage } from './account-place.js';
import { messages } from './messages.js';
import type { ShownPage } from './place.js';

/** Light modules around the code, without which scanners do not find it (ISO/IEC 18004 asks for four). */
const QUIET_ZONE = 4;

/** A code for the till. The page says by itself when it is over: the stylesheet counts the minute, no script does. */
export function tillCodePage(place: AccountPlace, code: string): ShownPage {
  const { tillCode: say } = messages[place.language];
  return {
    page: accountPage(place, {
      area: 'till-code',
      title: say.title,
      body: html`<div class="head">
          <h1>${say.title}</h1>
          <p class="lead">${say.lead}</p>
        </div>
        <section class="card narrow till-code">
          <div class="stage">
            <div class="fresh">
              ${qrCode(code, say.qr)}
              <p class="digits">${spellTillCode(code)}</p>
              <div class="time-left" aria-hidden="true"><span></span></div>
              <p class="small">${say.lasts}</p>
            </div>
            <p class="stale lead-strong">${say.over}</p>
          </div>
          <p><a class="button wide" href="/account/till-code">${say.another}</a></p>
        </section>`,
    }),
  };
}

/** Dark on light whatever the colours of the page: not every scanner reads it the other way round. */
function qrCode(code: string, label: string): Html {
  const { data, size } = encode(code, { ecc: 'M', border: QUIET_ZONE });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : []))).join('');
  return html`<svg
    class="qr"
    viewBox="0 0 ${size} ${size}"
    role="img"
    aria-label="${label}"
    shape-rendering="crispEdges"
  >
    <rect class="light" width="${size}" height="${size}" />
    <path class="dark" d="${path}" />
  </svg>`;
}
