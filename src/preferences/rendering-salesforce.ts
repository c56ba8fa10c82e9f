import type { JsonObject } from '../platform/json.js';
import type { Rendered } from './rendering.js';
import { contactOf, type MessageChannel } from './rendering-contact.js';

/** Each channel as an `EngagementChannelType`; a notification has no type of contact point. */
const channelTypes: Readonly<Record<MessageChannel, JsonObject>> = {
  email: { Name: 'Email', ContactPointType: 'Email' },
  sms: { Name: 'SMS', ContactPointType: 'Phone' },
  phone: { Name: 'Phone', ContactPointType: 'Phone' },
  post: { Name: 'Mail', ContactPointType: 'MailingAddress' },
  push: { Name: 'Push' },
};

/**
 * Records of `CommSubscriptionConsent` of Salesforce’s consent data model: one for each communication subscription and
 * channel of which something was stated, `OptIn` or `OptOut`. The subscriptions are `contact.marketing`,
 * `contact.marketing.<topic>` once topics are chosen, and `contact.service`; they and the channels are named through
 * `CommSubscriptionChannelType`, by which an integration finds the records of its own. Ids of the organisation
 * (`ContactPointId`, `PartyId`, …) are left for it to fill in. The consent was captured, as Salesforce sees it, when
 * and where it was read: at this broker.
 *
 * @see https://developer.salesforce.com/docs/platform/object-reference/references/standard-objects/object-commsubscriptionconsent.html
 * @see https://developer.salesforce.com/docs/platform/object-reference/references/standard-objects/object-commsubscriptionchanneltype.html
 * @see https://help.salesforce.com/s/articleView?id=xcloud.starter_marketing_consent.htm (OptIn and OptOut)
 */
export function renderSalesforce(rendered: Rendered): JsonObject {
  return {
    records: (['contact.marketing', 'contact.service'] as const).flatMap((attribute) =>
      decisions(rendered, attribute).map((decision) => record(rendered, decision)),
    ),
  };
}

interface Decision {
  readonly subscription: string;
  readonly channel: MessageChannel;
  readonly wanted: boolean;
}

/** A closed channel is closed as a whole; an open one is open for the topics that were chosen. */
function decisions(rendered: Rendered, attribute: 'contact.marketing' | 'contact.service'): Decision[] {
  const { channels, topics } = contactOf(rendered, attribute) ?? { channels: {}, topics: null };
  return (Object.entries(channels) as [MessageChannel, boolean][]).flatMap(([channel, open]) =>
    open && topics
      ? Object.entries(topics).map(([topic, wanted]) => ({ subscription: `${attribute}.${topic}`, channel, wanted }))
      : [{ subscription: attribute, channel, wanted: open }],
  );
}

function record({ at, source }: Rendered, { subscription, channel, wanted }: Decision): JsonObject {
  const time = at.toISOString();
  const name = `${subscription} ${channel}`;
  return {
    attributes: { type: 'CommSubscriptionConsent' },
    Name: name,
    CommSubscriptionChannelType: {
      Name: name,
      CommunicationSubscription: { Name: subscription },
      EngagementChannelType: channelTypes[channel],
    },
    PrivacyConsentStatus: wanted ? 'OptIn' : 'OptOut',
    ConsentCapturedDateTime: time,
    ConsentCapturedSource: source,
    EffectiveFromDate: time.slice(0, 10),
  };
}
