import type { JsonObject } from '../platform/json.js';
import { strengths } from '../vocabulary/attribute.js';
import type { Rendered } from './rendering.js';
import { type Contact, contactOf, mayPersonalise, messageChannels } from './rendering-contact.js';

/** The channels that the data type has a field for; telephone and post have none. */
const fields = ['email', 'sms', 'push'] as const;

/**
 * The customer's part of an Adobe XDM profile: the data type “Consents and Preferences”
 * (`https://ns.adobe.com/xdm/datatypes/consents-and-preferences`), as Experience Platform takes it in, and
 * `preferredLanguage` of the field group “Preference Details”. Every `val` is `y` or `n`, for all of it was stated.
 *
 * `collect`, `share` and `adID` have no counterpart in `ccx-core` and are left out. Topics become subscriptions of the
 * channels that are open. `metadata.time` is when this complete set was read.
 *
 * @see https://experienceleague.adobe.com/docs/experience-platform/xdm/data-types/consents.html
 * @see https://github.com/adobe/xdm/blob/master/components/datatypes/consent/consent-preferences.schema.json
 */
export function renderXdm(rendered: Rendered): JsonObject {
  const contact = contactOf(rendered, 'contact.marketing');
  const marketing = contact ? marketingOf(contact) : {};
  const personalised = mayPersonalise(rendered);
  const language = preferredLanguage(rendered);
  const consents: JsonObject = {
    ...(personalised !== undefined && { personalize: { content: choice(personalised) } }),
    ...(Object.keys(marketing).length > 0 && { marketing }),
  };
  return {
    ...(Object.keys(consents).length > 0 && {
      consents: { ...consents, metadata: { time: rendered.at.toISOString() } },
    }),
    ...(language !== undefined && { preferredLanguage: language }),
  };
}

function marketingOf({ channels, topics }: Contact): JsonObject {
  const subscriptions =
    topics && Object.fromEntries(Object.entries(topics).map(([topic, wanted]) => [topic, choice(wanted)]));
  const all = new Set(messageChannels.map((channel) => channels[channel]));
  const [only] = all;
  return {
    ...(all.size === 1 && only !== undefined && { any: choice(only) }),
    ...Object.fromEntries(
      fields.flatMap((field) => {
        const open = channels[field];
        if (open === undefined) return [];
        return [[field, { ...choice(open), ...(open && subscriptions && { subscriptions }) }]];
      }),
    ),
  };
}

function choice(yes: boolean): JsonObject {
  return { val: yes ? 'y' : 'n' };
}

/** The language that is wanted most; none when two are wanted alike. */
function preferredLanguage({ preferences }: Rendered): string | undefined {
  const [first, second] = preferences
    .filter(({ attribute, strength }) => attribute === 'language.spoken' && strength !== 'avoid')
    .map(({ key, strength, weight = 0 }) => ({ key, rank: [strengths.indexOf(strength), -weight] as const }))
    .toSorted((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]);
  const alike = second && first?.rank.join() === second.rank.join();
  return alike ? undefined : (first?.key ?? undefined);
}
