import type { PasskeyRecord } from '../../customers/passkeys.service.js';
import type { OpenSession } from '../../customers/sessions.service.js';
import { type Html, html } from '../../platform/http/html.js';
import { type AccountPlace, accountPage, actButton } from './account-place.js';
import { alertOf } from './layout.js';
import { messages } from './messages.js';
import { PASSKEY_SCRIPT_PATH } from './passkey-script.js';
import { passkeyRegistration } from './passkey.fragments.js';
import type { ShownPage } from './place.js';
import { dayOf, momentOf } from './times.js';

export interface Security {
  readonly passkeys: readonly PasskeyRecord[];
  readonly sessions: readonly OpenSession[];
  /** Whether the sign-in is recent enough to change something here. */
  readonly isRecent: boolean;
  readonly problem?: string;
}

/** How the customer signs in, and where they are signed in. */
export function securityPage(place: AccountPlace, { passkeys, sessions, isRecent, problem }: Security): ShownPage {
  const { security: say, erasure } = messages[place.language];
  const page = accountPage(place, {
    area: 'security',
    title: say.title,
    scripts: isRecent ? [PASSKEY_SCRIPT_PATH] : [],
    body: html`<div class="head">
        <h1>${say.title}</h1>
        <p class="lead">${say.lead}</p>
      </div>
      ${alertOf(problem)}
      <section class="card">
        <h2>${say.passkeys}</h2>
        ${passkeys.length === 0 ? html`<p class="lead">${say.noPasskeys}</p>` : list(passkeys.map((key) => passkeyItem(key, place)))}
        ${
          isRecent
            ? passkeyRegistration({ ...place, path: '/account/security' })
            : html`<p>
                <a class="button secondary" href="/account/confirm?to=/account/security">${say.confirmFirst}</a>
              </p>`
        }
      </section>
      <section class="card">
        <h2>${say.sessions}</h2>
        ${list(sessions.map((session) => sessionItem(session, place)))}
      </section>
      <section class="card">
        <h2>${erasure.link}</h2>
        <p>${erasure.linkHint}</p>
        <p><a class="button secondary" href="/account/erasure">${erasure.link}</a></p>
      </section>`,
  });
  return { page, status: problem === undefined ? 200 : 422, scripts: isRecent };
}

function list(items: readonly Html[]): Html {
  return html`<ul class="receipts">
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;
}

function passkeyItem({ id, name, createdAt }: PasskeyRecord, place: AccountPlace): Html {
  const { security: say } = messages[place.language];
  const address = `/account/security/passkeys/${id}/remove`;
  return html`<span
      ><b>${name}</b><br /><span class="small">${say.since} ${dayOf(createdAt, place.language)}</span></span
    >
    ${actButton(place, { address, action: `remove-passkey ${id}`, label: say.remove, name })}`;
}

function sessionItem({ id, device, signedInAt }: OpenSession, place: AccountPlace): Html {
  const { security: say } = messages[place.language];
  const isThis = id === place.principal.sessionId;
  const name = device === null ? say.unknownDevice : shortened(device);
  const address = `/account/security/sessions/${id}/end`;
  return html`<span
      ><b>${name}</b>${isThis && html` <span class="status active">${say.thisOne}</span>`}<br /><span class="small"
        >${say.since} ${momentOf(signedInAt, place.language)}</span
      ></span
    >
    ${!isThis && actButton(place, { address, action: `end-session ${id}`, label: say.end, name })}`;
}

/** The browser and the system of a `User-Agent`, as far as they can be told. */
function shortened(userAgent: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(userAgent)?.[1];
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(userAgent)?.[1];
  const named = [browser === 'Edg' ? 'Edge' : browser === 'OPR' ? 'Opera' : browser, system]
    .filter(Boolean)
    .join(' · ');
  return named || userAgent.slice(0, 40);
}
