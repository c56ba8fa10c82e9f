import { AsyncResource } from 'node:async_hooks';

/** Kinds of callers, which take turns. A stranger is an address from which somebody calls who is not known by a token. */
export const callerKinds = ['retailer', 'customer', 'staff', 'stranger'] as const;
export type CallerKind = (typeof callerKinds)[number];

/** In whose line something waits. */
export interface Line {
  readonly key: string;
  readonly kind: CallerKind;
}

export interface AdmissionLimits {
  /** How much may be under way at once. A read of one customer weighs 1. */
  readonly places: number;
  /** How much may be here at all, waiting or under way, in the room that a request without a body takes. */
  readonly room: number;
}

/** Nobody takes more than three times the places that are left, so that whoever comes next finds one free. */
const SHARE_OF_PLACES = 3;
/** Nobody takes more room than is left; hardly any more, while the process cannot keep up with what it has. */
const SHARE_OF_ROOM = 1;
const SHARE_OF_ROOM_WHILE_LATE = 1 / 16;

/** Something that has been let in, until it has left. */
export class Ticket<T> {
  /** Since which tick it waits. */
  since = 0;
  /** What it takes of the places; nothing while it has none. */
  weight = 0;
  hasLeft = false;
  run?: () => void;

  constructor(
    readonly item: T,
    readonly caller: Caller<T>,
    readonly room: number,
  ) {}
}

/** Somebody with requests here. */
class Caller<T> {
  readonly line: Ticket<T>[] = [];
  room = 0;
  weight = 0;
  /** Turns that were used up in advance, by what weighs more than one. */
  debt = 0;
  isInTurns = false;

  constructor(
    readonly key: string,
    readonly kind: CallerKind,
  ) {}
}

/**
 * Which requests may be worked on and which wait. There is a line for each caller. Callers take turns, and so do their
 * kinds: a crowd of strangers gets no more than all retailers together. The same rule bounds places and room: a caller
 * may have as much as a share of what is left, so that one who has much leaves enough for the next, and for the one after.
 */
export class Admission<T> {
  private readonly callers = new Map<string, Caller<T>>();
  private readonly turns = callerKinds.map((): Caller<T>[] => []);
  private readonly placed = new Set<Ticket<T>>();
  private nextKind = 0;
  private time = 0;
  private weight = 0;
  private taken = 0;
  private lined = 0;
  /** Whether the process is late with what it has to do. */
  late = false;

  constructor(private readonly limits: AdmissionLimits) {}

  /** Lets a request of so much room in; undefined where its caller has as much here as anybody may. */
  enter(item: T, { key, kind }: Line, room: number): Ticket<T> | undefined {
    const caller = this.callers.get(key) ?? new Caller<T>(key, kind);
    const left = this.limits.room - this.taken - room;
    if (caller.room + room > left * (this.late ? SHARE_OF_ROOM_WHILE_LATE : SHARE_OF_ROOM)) return undefined;
    if (caller.room === 0) this.callers.set(key, caller);
    caller.room += room;
    this.taken += room;
    return new Ticket(item, caller, room);
  }

  /** Has it run: at once where there is a place, else in its turn. */
  start(ticket: Ticket<T>, run: () => void): void {
    if (ticket.hasLeft) return;
    const { caller } = ticket;
    if (caller.line.length === 0 && this.hasPlaceFor(caller)) this.begin(ticket, run);
    else this.wait(ticket, run);
  }

  /** Says what a request under way weighs in truth. While others wait, what is more is taken from its caller's turns. */
  weigh(ticket: Ticket<T>, weight: number): void {
    if (ticket.weight === 0) return;
    const more = weight - ticket.weight;
    this.take(ticket, more);
    const { caller } = ticket;
    if (more > 0) {
      if (this.lined > 0) caller.debt += more;
      return;
    }
    caller.debt = Math.max(0, caller.debt + more);
    this.fill();
  }

  /** Gives the place back of what is not worked on any longer, though it is not over. */
  giveBack(ticket: Ticket<T>): void {
    if (ticket.weight === 0) return;
    this.placed.delete(ticket);
    this.take(ticket, -ticket.weight);
    this.fill();
  }

  /** Is over with it, however far it got. */
  leave(ticket: Ticket<T>): void {
    if (ticket.hasLeft) return;
    ticket.hasLeft = true;
    const { caller, room } = ticket;
    const place = caller.line.indexOf(ticket);
    if (place >= 0) this.takeOut(caller, place);
    caller.room -= room;
    this.taken -= room;
    if (caller.room === 0) this.callers.delete(caller.key);
    this.giveBack(ticket);
  }

  /** Lets time go on by one tick and takes those out of their lines who have waited for so many. */
  tick(most: number): Ticket<T>[] {
    this.time++;
    const waited: Ticket<T>[] = [];
    for (const caller of this.callers.values()) {
      for (let first = caller.line[0]; first && this.time - first.since >= most; first = caller.line[0]) {
        waited.push(first);
        this.takeOut(caller, 0);
      }
    }
    return waited;
  }

  /** What is being worked on. */
  get underWay(): Iterable<Ticket<T>> {
    return this.placed;
  }

  /** How much of the places is taken. */
  get placesTaken(): number {
    return this.weight;
  }

  /** How much of the room is taken. */
  get roomTaken(): number {
    return this.taken;
  }

  get waiting(): number {
    return this.lined;
  }

  get callersWaiting(): number {
    return this.turns.reduce((count, turns) => count + turns.length, 0);
  }

  private hasPlaceFor(caller: Caller<T>): boolean {
    const left = this.limits.places - this.weight;
    return left > 0 && caller.weight < left * SHARE_OF_PLACES;
  }

  private begin(ticket: Ticket<T>, run: () => void): void {
    this.placed.add(ticket);
    this.take(ticket, 1);
    run();
  }

  private take(ticket: Ticket<T>, weight: number): void {
    ticket.weight += weight;
    ticket.caller.weight += weight;
    this.weight += weight;
  }

  private wait(ticket: Ticket<T>, run: () => void): void {
    const { caller } = ticket;
    ticket.since = this.time;
    // It will be whoever leaves that has it run, whose context (AsyncLocalStorage) is none of its business.
    ticket.run = AsyncResource.bind(run);
    caller.line.push(ticket);
    this.lined++;
    if (caller.isInTurns) return;
    caller.isInTurns = true;
    this.turns[callerKinds.indexOf(caller.kind)]!.push(caller);
  }

  private takeOut(caller: Caller<T>, place: number): void {
    caller.line.splice(place, 1);
    this.lined--;
    if (caller.line.length > 0) return;
    const turns = this.turns[callerKinds.indexOf(caller.kind)]!;
    turns.splice(turns.indexOf(caller), 1);
    caller.isInTurns = false;
  }

  /** Fills the places that are free, in turns. */
  private fill(): void {
    while (this.lined > 0 && this.weight < this.limits.places) {
      const ticket = this.next();
      if (!ticket?.run) return;
      this.begin(ticket, ticket.run);
    }
  }

  private next(): Ticket<T> | undefined {
    for (let kinds = 0; kinds < this.turns.length; kinds++) {
      const turns = this.turns[this.nextKind]!;
      this.nextKind = (this.nextKind + 1) % this.turns.length;
      const ticket = this.nextOf(turns);
      if (ticket) return ticket;
    }
    return undefined;
  }

  private nextOf(turns: Caller<T>[]): Ticket<T> | undefined {
    for (let passed = 0; passed < turns.length; passed++) {
      const caller = turns.shift()!;
      turns.push(caller);
      if (!this.hasPlaceFor(caller)) continue;
      if (caller.debt > 0) {
        caller.debt--;
        passed = -1; // somebody comes nearer to a turn each time: all may be asked once more
        continue;
      }
      const ticket = caller.line[0]!;
      this.takeOut(caller, 0);
      return ticket;
    }
    return undefined;
  }
}
