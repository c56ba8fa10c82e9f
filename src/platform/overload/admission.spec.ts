import { AsyncLocalStorage } from 'node:async_hooks';

import { Admission, type CallerKind, type Ticket } from './admission.js';

const LIMITS = { places: 4, room: 100 };

/** Requests that are named, and in which order they were begun. */
function desk(limits: Partial<typeof LIMITS> = {}) {
  const admission = new Admission<string>({ ...LIMITS, ...limits });
  const begun: string[] = [];
  const tickets = new Map<string, Ticket<string>>();
  const come = (name: string, key: string, { kind = 'retailer' as CallerKind, room = 1, weight = 1 } = {}) => {
    const ticket = admission.enter(name, { key, kind }, room);
    if (!ticket) return false;
    tickets.set(name, ticket);
    admission.start(ticket, () => {
      begun.push(name);
      if (weight > 1) admission.weigh(ticket, weight);
    });
    return true;
  };
  const go = (name: string) => admission.leave(tickets.get(name)!);
  /** As many of one caller as there are places for it, and more: a1, a2, … */
  const flood = (key: string, count: number, kind?: CallerKind) =>
    Array.from({ length: count }, (_, n) => come(`${key}${n + 1}`, key, kind && { kind })).filter(Boolean).length;
  return { admission, begun, come, go, flood, ticketOf: (name: string) => tickets.get(name)! };
}

describe('places', () => {
  it('are given at once while some are free', () => {
    const { begun, come } = desk();
    come('a', 'a');
    come('b', 'b');
    expect(begun).toEqual(['a', 'b']);
  });

  it('are not all given to one caller: whoever comes next finds one', () => {
    const { admission, begun, come, flood } = desk();
    flood('a', 10);
    expect(admission.placesTaken).toBe(3);
    come('b', 'b');
    expect(begun).toEqual(['a1', 'a2', 'a3', 'b']);
  });

  it('are given in the order of arrival to those of one caller', () => {
    const { begun, flood, go } = desk({ places: 1 });
    flood('a', 3);
    go('a1');
    go('a2');
    expect(begun).toEqual(['a1', 'a2', 'a3']);
  });

  it('are given in turns to callers, however long their lines are', () => {
    const { begun, come, flood, go } = desk({ places: 1 });
    flood('a', 10);
    come('b1', 'b');
    come('b2', 'b');
    come('c1', 'c');
    for (const name of ['a1', 'a2', 'b1', 'c1', 'a3']) go(name);
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
  });

  it('are given in turns to kinds of callers, however many callers there are of one', () => {
    const { begun, come, go } = desk({ places: 1 });
    come('first', 'x', { kind: 'stranger' });
    for (const name of ['s1', 's2', 's3', 's4']) come(name, name, { kind: 'stranger' });
    come('r1', 'r', { kind: 'retailer' });
    come('r2', 'r', { kind: 'retailer' });
    come('c1', 'c', { kind: 'customer' });
    for (const name of ['first', 'r1', 'c1', 's1', 'r2']) go(name);
    expect(begun).toEqual(['first', 'r1', 'c1', 's1', 'r2', 's2']);
  });

  it('are taken by what weighs more for longer turns', () => {
    const { begun, come, flood, go } = desk({ places: 1 });
    flood('a', 1);
    come('heavy', 'b', { weight: 4 });
    come('b2', 'b');
    for (const name of ['c1', 'c2', 'c3', 'c4', 'c5']) come(name, 'c');
    for (const name of ['a1', 'heavy', 'c1', 'c2', 'c3', 'c4']) go(name);
    expect(begun).toEqual(['a1', 'heavy', 'c1', 'c2', 'c3', 'c4', 'b2']);
  });

  it('are taken by weight, more than there are by the last one', () => {
    const { admission, begun, come, go } = desk();
    come('a', 'a', { weight: 4 });
    come('b', 'b');
    expect({ begun, taken: admission.placesTaken }).toEqual({ begun: ['a'], taken: 4 });
    go('a');
    expect({ begun, taken: admission.placesTaken }).toEqual({ begun: ['a', 'b'], taken: 1 });
  });

  it('are had by whoever waits as soon as one weighs less than was thought', () => {
    const { admission, begun, come, ticketOf } = desk();
    come('a', 'a', { weight: 4 });
    come('b', 'b');
    come('c', 'c');
    admission.weigh(ticketOf('a'), 3);
    expect({ begun, taken: admission.placesTaken }).toEqual({ begun: ['a', 'b'], taken: 4 });
    admission.weigh(ticketOf('a'), 1);
    expect({ begun, taken: admission.placesTaken }).toEqual({ begun: ['a', 'b', 'c'], taken: 3 });
  });

  it('that were thought to be taken cost no turns', () => {
    const { admission, begun, come, flood, go, ticketOf } = desk({ places: 1 });
    flood('a', 1);
    come('heavy', 'b', { weight: 4 });
    come('b2', 'b');
    for (const name of ['c1', 'c2']) come(name, 'c');
    go('a1');
    admission.weigh(ticketOf('heavy'), 1);
    for (const name of ['heavy', 'c1', 'b2']) go(name);
    expect(begun).toEqual(['a1', 'heavy', 'c1', 'b2', 'c2']);
  });

  it('come back once, whether given back or left', () => {
    const { admission, begun, come, flood, go, ticketOf } = desk({ places: 1 });
    flood('a', 2);
    admission.giveBack(ticketOf('a1'));
    expect(begun).toEqual(['a1', 'a2']);
    go('a1');
    expect(admission.placesTaken).toBe(1);
    admission.weigh(ticketOf('a1'), 3);
    expect(admission.placesTaken).toBe(1);
    go('a2');
    go('a2');
    expect(admission.placesTaken).toBe(0);
    expect(come('b', 'b')).toBe(true);
  });
});

describe('a line', () => {
  it('is left by who hangs up, and nobody else loses their turn', () => {
    const { admission, begun, come, flood, go } = desk({ places: 1 });
    flood('a', 3);
    come('b', 'b');
    go('a2');
    go('b');
    expect(admission.waiting).toBe(1);
    go('a1');
    expect(begun).toEqual(['a1', 'a3']);
    expect(admission.callersWaiting).toBe(0);
  });

  it('is left by those who have waited for so long', () => {
    const { admission, begun, come, flood, go } = desk({ places: 1 });
    flood('a', 2);
    expect(admission.tick(2)).toEqual([]);
    come('b', 'b');
    expect(admission.tick(2).map(({ item }) => item)).toEqual(['a2']);
    expect(admission.tick(2).map(({ item }) => item)).toEqual(['b']);
    go('a1');
    expect(begun).toEqual(['a1']);
  });

  it('is not joined by who has hung up before all of the request had come', () => {
    const { admission, begun } = desk();
    const ticket = admission.enter('a', { key: 'a', kind: 'retailer' }, 1)!;
    admission.leave(ticket);
    admission.start(ticket, () => begun.push('a'));
    expect({ begun, taken: admission.placesTaken }).toEqual({ begun: [], taken: 0 });
  });

  it('has each request begun in the context in which it came', () => {
    const context = new AsyncLocalStorage<string>();
    const admission = new Admission<string>({ ...LIMITS, places: 1 });
    const seen: (string | undefined)[] = [];
    const tickets = ['a', 'b'].map((name) => {
      const ticket = admission.enter(name, { key: name, kind: 'retailer' }, 1)!;
      context.run(name, () => admission.start(ticket, () => seen.push(context.getStore())));
      return ticket;
    });
    context.run('a', () => admission.leave(tickets[0]!));
    expect(seen).toEqual(['a', 'b']);
  });
});

describe('room', () => {
  it('is taken by one caller up to half, so that others are let in', () => {
    const { come, flood } = desk();
    expect(flood('a', 200)).toBe(50);
    expect(flood('b', 200)).toBe(25);
    expect(come('c', 'c', { room: 12 })).toBe(true);
    expect(come('d', 'd', { room: 12 })).toBe(false);
  });

  it('is free again once a request has left, from wherever', () => {
    const { come, flood, go } = desk();
    flood('a', 50);
    expect(come('more', 'a')).toBe(false);
    go('a50');
    expect(come('more', 'a')).toBe(true);
    go('a1');
    expect(come('even more', 'a')).toBe(true);
  });

  it('is not given to those who have much while the process is late, but to others', () => {
    const { admission, come, flood } = desk();
    flood('a', 20);
    admission.late = true;
    expect(come('more', 'a')).toBe(false);
    expect(flood('b', 10)).toBe(4);
    admission.late = false;
    expect(come('more', 'a')).toBe(true);
  });
});
