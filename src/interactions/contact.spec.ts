import { contactTouchpoints, contactWindow, forgottenAt } from './contact.js';

const DAY_MS = 86_400_000;

describe('a contact', () => {
  it('is an offer that reaches the customer, not one that they come upon', () => {
    expect(contactTouchpoints).toEqual(expect.arrayContaining(['email', 'app', 'call_centre', 'social', 'till']));
    for (const place of ['web', 'gift_registry', 'survey']) expect(contactTouchpoints).not.toContain(place);
  });

  it('counts for seven days to the millisecond for whoever made it', () => {
    const contact = new Date('2026-11-20T15:27:03.123Z');
    const counts = (at: number) => contact > contactWindow(new Date(at)).own;
    const end = forgottenAt(contact).getTime();
    expect(end - contact.getTime()).toBe(7 * DAY_MS);
    expect([counts(end - 1), counts(end)]).toEqual([true, false]);
  });

  it('counts for all others until that day is over, so that the hour shows nowhere', () => {
    const contact = new Date('2026-11-20T15:27:03.123Z');
    const counts = (at: string) => contact >= contactWindow(new Date(at)).others;
    expect(counts('2026-11-27T15:27:03.124Z')).toBe(true);
    expect(counts('2026-11-27T23:59:59.999Z')).toBe(true);
    expect(counts('2026-11-28T00:00:00.000Z')).toBe(false);
  });
});
