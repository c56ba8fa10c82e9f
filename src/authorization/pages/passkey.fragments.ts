import { type Html, html } from '../../platform/http/html.js';
import { formTokenOf } from './layout.js';
import { passkeyMessages } from './passkey.messages.js';
import type { Place } from './place.js';

// Each form is hidden until the script of PASSKEY_SCRIPT_PATH shows it. A page with one names that script, and its
// policy allows it: pageHeaders' `script-src 'self'` and `connect-src 'self'`.

/** A button that signs in with a passkey. It is sent to `{path}/passkey`, as a form of its own beside the password. */
export function passkeySignIn(place: Place): Html {
  const say = passkeyMessages[place.language];
  return passkeyUse(place, say.signIn);
}

/** The same for somebody who is signed in and shows that it is still them. */
export function passkeyConfirmation(place: Place): Html {
  const say = passkeyMessages[place.language];
  return passkeyUse(place, say.confirm);
}

/** Where somebody adds a passkey. It is sent to `{path}/passkeys`; its options come from `{path}/passkeys/options`. */
export function passkeyRegistration(place: Place): Html {
  const say = passkeyMessages[place.language];
  return html`<noscript><p class="hint">${say.noScript}</p></noscript>
    <form
      class="passkey"
      method="post"
      action="${place.path}/passkeys"
      data-passkey="make"
      data-options="${place.path}/passkeys/options"
      hidden
    >
      ${formTokenOf(place, 'add-passkey')}
      <input type="hidden" name="passkey" />
      <p>${say.addLead}</p>
      <label class="field">
        ${say.name}
        <input type="text" name="name" value="${say.nameExample}" required maxlength="80" autocomplete="off" />
      </label>
      <p class="problem" role="alert" data-problem="${say.notAdded}"></p>
      <button type="submit">${say.add}</button>
    </form>`;
}

function passkeyUse(place: Place, label: string): Html {
  const say = passkeyMessages[place.language];
  return html`<form
    class="passkey"
    method="post"
    action="${place.path}/passkey"
    data-passkey="use"
    data-options="/v1/passkeys/options"
    hidden
  >
    ${formTokenOf(place, 'passkey')}
    <input type="hidden" name="passkey" />
    <p class="or" aria-hidden="true">${say.or}</p>
    <p class="problem" role="alert" data-problem="${say.notSignedIn}"></p>
    <button class="secondary wide" type="submit">${label}</button>
  </form>`;
}
