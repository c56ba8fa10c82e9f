import type { JsonObject } from '../platform/json.js';
import { contactLists } from '../vocabulary/ccx-core/contact.js';
import type { Rendered } from './rendering.js';

/** The ways of sending somebody a message. */
export const messageChannels = ['email', 'sms', 'phone', 'post', 'push'] as const;
export type MessageChannel = (typeof messageChannels)[number];

const topicCodes = contactLists.marketing_topic.codes.map(({ code }) => code);

/** What somebody has said of being contacted. What is not here was not said. */
export interface Contact {
  /** Yes or no, of each channel that was spoken of. */
  readonly channels: Readonly<Partial<Record<MessageChannel, boolean>>>;
  /** Yes or no of every topic, once somebody has named those that they want to hear of; null when nobody has. */
  readonly topics: Readonly<Record<string, boolean>> | null;
}

/** What holds about being contacted with advertising, or about one's orders; null when nothing is stated of it. */
export function contactOf(
  { preferences }: Rendered,
  attribute: 'contact.marketing' | 'contact.service',
): Contact | null {
  const found = preferences.find((preference) => preference.attribute === attribute);
  if (!found) return null;
  const value = found.value as JsonObject;
  const topics = value.topics as readonly string[] | undefined;
  // No contact a week, or none about anything, closes every channel, whatever is said of each.
  const closed = value.max_per_week === 0 || topics?.length === 0;
  const said = messageChannels.flatMap((channel) => {
    const answer = closed ? false : value[channel];
    return typeof answer === 'boolean' ? [[channel, answer] as const] : [];
  });
  return {
    channels: Object.fromEntries(said),
    topics: topics ? Object.fromEntries(topicCodes.map((topic) => [topic, topics.includes(topic)])) : null,
  };
}

/**
 * One answer for all channels together, for targets that know no single ones: yes when every channel is open, no when
 * one was refused, and none (undefined) when some were never spoken of. So nobody hears yes for what was not said.
 */
export function overAll({ channels }: Contact): boolean | undefined {
  const answers = Object.values(channels);
  if (answers.includes(false)) return false;
  return answers.length === messageChannels.length ? true : undefined;
}

/** Whether products may be recommended personally; undefined when nothing is stated of it. */
export function mayPersonalise({ preferences }: Rendered): boolean | undefined {
  const found = preferences.find(({ attribute }) => attribute === 'recommendations.personalised');
  return (found?.value as JsonObject | undefined)?.allowed as boolean | undefined;
}
