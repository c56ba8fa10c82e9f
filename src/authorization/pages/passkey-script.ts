import { sha256 } from '../../platform/crypto/seal.js';

/**
 * Lets a form ask the browser for a passkey before it is sent. Such a form is hidden until the script finds that the
 * browser has passkeys: the pages work without it. A passkey belongs to a name, so an address of numbers has none.
 */
export const passkeyScript = `
'use strict';
(() => {
  const ways = { use: 'parseRequestOptionsFromJSON', make: 'parseCreationOptionsFromJSON' };
  const known = window.PublicKeyCredential;
  if (!known || !isSecureContext || /^[\\d.]+$|^\\[/.test(location.hostname)) return;

  async function ask(form) {
    const answer = await fetch(form.dataset.options, { method: 'POST', headers: { accept: 'application/json' } });
    if (!answer.ok) throw new Error(String(answer.status));
    const way = form.dataset.passkey;
    const publicKey = known[ways[way]](await answer.json());
    const credentials = navigator.credentials;
    return way === 'use' ? credentials.get({ publicKey }) : credentials.create({ publicKey });
  }

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    if (!known[ways[form.dataset.passkey]]) continue;
    const problem = form.querySelector('[data-problem]');
    const button = form.querySelector('button');
    form.hidden = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      button.disabled = true;
      problem.textContent = '';
      try {
        form.elements.passkey.value = JSON.stringify(await ask(form));
        form.submit();
      } catch {
        problem.textContent = problem.dataset.problem;
        button.disabled = false;
        button.focus();
      }
    });
  }
})();
`.trimStart();

/** The address changes with the content, so that browsers may keep it. */
export const PASSKEY_SCRIPT_PATH = `/assets/passkey.js?v=${sha256(passkeyScript).toString('base64url').slice(0, 10)}`;
