import { chainTypes } from './attribution.js';
import { contactTouchpoints } from './contact.js';
import type { TimelineEvent } from './timeline.queries.js';

/** What an event can feed. */
export const uses = ['summary', 'journeys', 'chains', 'contact_limits', 'suggestions', 'demand'] as const;
export type Use = (typeof uses)[number];

/** As much of an event as its uses depend on. */
export type Usable = Pick<TimelineEvent, 'type' | 'standing' | 'touchpoint' | 'data'>;

/**
 * What an event feeds now. One that does not stand feeds nothing, and so does one that only says something about
 * another one. An offer counts as a contact when its event names a channel, or its touchpoint is one.
 *
 * @param isCounted Whether the consent allows it to be counted with others now.
 */
export function usesOf({ type, standing, touchpoint, data }: Usable, isCounted: boolean): Use[] {
  if (standing !== 'standing' || type === 'event.voided') return [];
  const isContact = type === 'promotion.offered' && ('channel' in data || contactTouchpoints.includes(touchpoint));
  const feeds: Readonly<Record<Use, boolean>> = {
    summary: true,
    journeys: true,
    chains: (chainTypes as readonly string[]).includes(type),
    contact_limits: isContact,
    suggestions: true,
    demand: isCounted,
  };
  return uses.filter((use) => feeds[use]);
}
