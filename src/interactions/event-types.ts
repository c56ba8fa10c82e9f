import { data, oneOf } from './event-schemas.js';
import type { EventType } from './event-type.js';
import { digitalEventTypes } from './event-types-digital.js';
import { shoppingEventTypes } from './event-types-shopping.js';

/** What happened, each in the words of its own type. */
const reported = [...shoppingEventTypes, ...digitalEventTypes];

/** What takes an earlier event back, or its place. Whoever may report an event may do both. */
export const VOIDED = 'event.voided';
export const CORRECTED = 'event.corrected';

const changes: readonly EventType[] = [
  {
    name: VOIDED,
    description: 'An event that you reported did not happen, or not so. It may arrive before the one it voids.',
    stage: 'post_shopping',
    data: data(
      {
        id: { type: 'string', minLength: 1, maxLength: 200, description: 'The `id` of the event.' },
        source: { type: 'string', minLength: 1, maxLength: 200, description: 'Its `source`, if another one.' },
        reason: oneOf(['cancelled', 'mistake', 'duplicate']),
      },
      ['id'],
    ),
    example: { touchpoint: 'till', data: { id: '536365', reason: 'cancelled' } },
  },
  {
    name: CORRECTED,
    description:
      'What an event that you reported should have said. `ccxcorrects` names it; `data` holds all of it, the kind too. ' +
      'The same is said by the event under its own type with `ccxcorrects`.',
    stage: 'post_shopping',
    data: data(
      {
        type: oneOf(
          reported.map(({ name }) => name),
          'What it is, by its name here.',
        ),
        data: { type: 'object', description: 'As the schema of that type describes it.' },
      },
      ['type', 'data'],
    ),
    example: {
      touchpoint: 'till',
      corrects: '536364',
      data: { type: 'loyalty.redeemed', data: { programme: 'green-card', points: 300 } },
    },
  },
];

/**
 * All kinds of event. The CloudEvents `type` of each is `org.ccx.interaction.<noun>.<verb>.v1`; consents name them by
 * `<noun>.<verb>`.
 */
export const eventTypes: readonly EventType[] = [...reported, ...changes];

/** The kinds under which events are kept: a correction is kept as what it says. */
export const keptTypeNames: readonly string[] = eventTypes.map(({ name }) => name).filter((name) => name !== CORRECTED);

const PREFIX = 'org.ccx.interaction.';
const VERSION = '.v1';

const byName = new Map(eventTypes.map((type) => [type.name, type]));

/** The kind of this name, or undefined when there is none. */
export function eventTypeNamed(name: string): EventType | undefined {
  return byName.get(name);
}

/** The kind of an event's `type`, or undefined when it is none of ours. */
export function eventTypeOf(type: string): EventType | undefined {
  if (!type.startsWith(PREFIX) || !type.endsWith(VERSION)) return undefined;
  return byName.get(type.slice(PREFIX.length, -VERSION.length));
}

/** The CloudEvents `type` of a kind: `org.ccx.interaction.transaction.completed.v1`. */
export function cloudEventType(name: string): string {
  return PREFIX + name + VERSION;
}
