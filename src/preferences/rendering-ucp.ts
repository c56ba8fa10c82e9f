import type { JsonObject } from '../platform/json.js';
import { defined } from './draft.js';
import type { Rendered } from './rendering.js';
import { contactOf, mayPersonalise, overAll } from './rendering-contact.js';

/**
 * The buyer's consent as a platform confirms it to a business in a cart or checkout: `buyer.consent` of the Buyer
 * Consent Extension (`dev.ucp.shopping.buyer_consent`) of the Universal Commerce Protocol, version 2026-08-25, in the
 * form of requests, which has no descriptions. `source: platform` says that the buyer has decided it.
 *
 * A segment (e-mail, text message) overrides its purpose, so that the purpose is granted only when every channel is.
 * Analytics and the sale or sharing of data have no counterpart in `ccx-core`: those purposes are left out.
 *
 * @see https://ucp.dev/2026-08-25/schemas/shopping/buyer_consent.json
 * @see https://ucp.dev/specification/shopping/extensions/buyer-consent/
 */
export function renderUcp(rendered: Rendered): JsonObject {
  const contact = contactOf(rendered, 'contact.marketing');
  const personalised = mayPersonalise(rendered);
  const { email, sms } = contact?.channels ?? {};
  const segments = {
    ...(email !== undefined && { 'dev.ucp.consent.marketing.email': decided(email) }),
    ...(sms !== undefined && { 'dev.ucp.consent.marketing.sms': decided(sms) }),
  };
  const consent: JsonObject = {
    ...(contact &&
      Object.keys(contact.channels).length > 0 && {
        'dev.ucp.consent.marketing': {
          ...decided(overAll(contact) ?? false),
          ...(Object.keys(segments).length > 0 && { segments }),
        },
      }),
    ...(personalised !== undefined && { 'dev.ucp.consent.preferences': decided(personalised) }),
  };
  return { buyer: { consent } };
}

/**
 * The same in the earlier versions of the extension, 2026-01-11 to 2026-04-08: booleans, one for all of marketing. It is
 * left out when some channels are open and others were never spoken of, for a boolean cannot say that.
 *
 * @see https://ucp.dev/2026-04-08/schemas/shopping/buyer_consent.json
 */
export function renderUcpBooleans(rendered: Rendered): JsonObject {
  const contact = contactOf(rendered, 'contact.marketing');
  const consent = defined({ marketing: contact ? overAll(contact) : undefined, preferences: mayPersonalise(rendered) });
  return { buyer: { consent: consent as JsonObject } };
}

function decided(granted: boolean): JsonObject {
  return { granted, source: 'platform' };
}
