import type { Touchpoint } from '../vocabulary/code-lists.js';

/** How retailers get in touch with customers of their own accord, as `contact.marketing` names it. */
export const contactChannels = ['email', 'sms', 'phone', 'post', 'push', 'social', 'in_person'] as const;
export type ContactChannel = (typeof contactChannels)[number];

/** By what an offer reaches a customer there, unless its event says. Null where they look for themselves. */
const channelOfTouchpoint: Readonly<Record<Touchpoint, ContactChannel | null>> = {
  till: 'in_person',
  kiosk: 'in_person',
  call_centre: 'phone',
  web: null,
  app: 'push',
  email: 'email',
  dressing_room: 'in_person',
  pickup: 'in_person',
  gift_registry: null,
  survey: null,
  social: 'social',
  beacon: 'in_person',
  returns: 'in_person',
};

/** Where an offer is a contact although its event names no channel. */
export const contactTouchpoints: readonly string[] = Object.entries(channelOfTouchpoint).flatMap(
  ([touchpoint, channel]) => (channel ? [touchpoint] : []),
);

/** Over how many days contacts are counted. */
const DAYS = 7;
const DAY_MS = 86_400_000;

/** From when on contacts count at this instant. */
export interface ContactWindow {
  /** Of the retailer that asks. */
  readonly own: Date;
  /** Of all others: from the beginning of a day, so that the hour of their contacts shows nowhere. */
  readonly others: Date;
}

export function contactWindow(at: Date): ContactWindow {
  const own = new Date(at.getTime() - DAYS * DAY_MS);
  return { own, others: new Date(Math.floor(own.getTime() / DAY_MS) * DAY_MS) };
}

/** When a contact of this time no longer counts for the retailer that made it. */
export function forgottenAt(contact: Date): Date {
  // The window is open at its beginning: at this instant it is out.
  return new Date(contact.getTime() + DAYS * DAY_MS);
}
