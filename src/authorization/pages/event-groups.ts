import type { DetailType } from '../../consents/detail.js';
import type { EventType } from '../../consents/event-types.js';

/** Kinds of event that people see together. */
const eventGroups = ['shopping', 'offers', 'online', 'store', 'opinions'] as const;
export type EventGroup = (typeof eventGroups)[number];

const groupOf: Readonly<Record<EventType, EventGroup>> = {
  'transaction.completed': 'shopping',
  'return.completed': 'shopping',
  'pickup.collected': 'shopping',
  'registry.item_added': 'shopping',
  'promotion.offered': 'offers',
  'promotion.responded': 'offers',
  'loyalty.enrolled': 'offers',
  'loyalty.redeemed': 'offers',
  'web.viewed': 'online',
  'app.opened': 'online',
  'social.engaged': 'online',
  'kiosk.session': 'store',
  'beacon.entered': 'store',
  'dressing_room.tried': 'store',
  'call.completed': 'opinions',
  'survey.answered': 'opinions',
  'review.posted': 'opinions',
};

/** So many sentences can be read one after the other. */
const MOST_UNGROUPED = 5;

export interface Group<Item> {
  /** Null where everything is in one group. */
  readonly name: EventGroup | null;
  readonly items: readonly Item[];
}

/** The items of a line as people can take them in: many kinds of event under headings, all else as it comes. */
export function grouped<Item extends { readonly code: string }>(
  type: DetailType,
  items: readonly Item[],
): readonly Group<Item>[] {
  if (type !== 'ccx_interactions' || items.length <= MOST_UNGROUPED) return [{ name: null, items }];
  return eventGroups
    .map((name) => ({ name, items: items.filter(({ code }) => groupOf[code as EventType] === name) }))
    .filter((group) => group.items.length > 0);
}
