import type { ContactChannel } from '../interactions/contact.js';
import type { Contacts } from '../interactions/contacts.service.js';
import type { PreparedDocument } from '../preferences/prepared.js';
import { type Question, resolve } from '../preferences/resolve.js';
import { ADDRESSING } from '../retailers/touchpoint-view.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';

/** What `contact.marketing` says, of a value or of several merged. */
export type ContactTerms = Partial<Record<ContactChannel, boolean>> & {
  readonly topics?: readonly string[];
  readonly max_per_week?: number;
};

/** What holds there and then; nothing where nothing is stated. */
export function contactTerms(
  documents: readonly PreparedDocument[],
  vocabulary: Vocabulary,
  question: Question,
): ContactTerms {
  const { effective } = resolve(documents, vocabulary, { ...question, attributes: new Set([ADDRESSING]) });
  return (effective[0]?.value ?? {}) as ContactTerms;
}

export interface ContactQuestion {
  readonly channel: ContactChannel;
  readonly topic: string;
}

/** How much of the conclusion is told: where the touchpoint learns of a yes or a no, there is nothing beside it. */
export type Telling = 'limits' | 'yes_or_no';

/** What a retailer is told. Of other retailers' contacts nothing shows but a no. */
export interface ContactPermission {
  readonly mayContact: boolean;
  /** The most contacts a week that the customer takes from this retailer; null when they have set no limit, or untold. */
  readonly maxPerWeek: number | null;
  /** What is left of that, by what this retailer itself has reported. */
  readonly remaining: number | null;
}

/**
 * Whether a customer may be contacted now. Only a clear yes is one: a channel of which nothing is stated is closed.
 * Where a yes or a no is all that is told, topics play no part: by trying them one would learn which are wanted.
 *
 * @param terms what holds for this retailer
 * @param forEveryone what the customer has stated for all retailers together
 */
export function contactPermission(
  terms: ContactTerms,
  forEveryone: ContactTerms,
  { own, others }: Contacts,
  { channel, topic }: ContactQuestion,
  telling: Telling = 'limits',
): ContactPermission {
  const { max_per_week: limit, topics } = terms;
  const isOnTopic = telling === 'yes_or_no' || (topics?.includes(topic) ?? true);
  const isWanted = terms[channel] === true && isOnTopic;
  const mayContact = isWanted && isBelow(own, limit) && isBelow(own + others, limitOverAll(terms, forEveryone));
  if (telling === 'yes_or_no' || limit === undefined) return { mayContact, maxPerWeek: null, remaining: null };
  return { mayContact, maxPerWeek: limit, remaining: Math.max(0, limit - own) };
}

/**
 * What all retailers together may not exceed. A retailer that may do more than that by itself, or without any limit,
 * is one that the customer has excepted: only an override can have led there.
 */
function limitOverAll({ max_per_week: own }: ContactTerms, { max_per_week: all }: ContactTerms): number | undefined {
  return own !== undefined && all !== undefined && own <= all ? all : undefined;
}

function isBelow(count: number, limit: number | undefined): boolean {
  return limit === undefined || count < limit;
}
