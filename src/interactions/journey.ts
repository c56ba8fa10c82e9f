const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * What is no further apart than this is one visit, at whichever touchpoints and retailers. Thirty minutes are the
 * convention of web analytics (Google Analytics ends a session after so long without activity). It goes back to
 * Catledge and Pitkow, "Characterizing browsing strategies in the World-Wide Web" (1995): 9.3 minutes between two
 * events on average, 25.5 with one and a half standard deviations, rounded up.
 */
export const VISIT_GAP_MS = 30 * MINUTE_MS;

/**
 * For so long a code of a retailer ties events together: the longest time after which Google Analytics 4 still credits
 * an event with what came before it (its look-back window). A code that is used again later is taken for another one.
 */
export const TIED_FOR_MS = 90 * DAY_MS;

/** As much of an event as a journey depends on. */
export interface Step {
  readonly id: string;
  readonly retailerId: string;
  readonly occurredAt: Date;
  readonly correlation: string | null;
  /** `suspect`: when it happened is not known well enough to say what was before and after it. */
  readonly clock: string | null;
}

/** Why an event belongs to its journey: it began it, it came soon after another one, or the retailer tied them. */
export type Joined = 'first' | 'time' | 'correlation';

export interface Journey<S extends Step> {
  /** In the order in which they happened. */
  readonly steps: readonly { readonly step: S; readonly joined: Joined }[];
}

/**
 * Puts events together to journeys: visits (no two neighbours more than half an hour apart), and visits that a retailer
 * has tied by a correlation code, be it days later at another touchpoint. The order in which the events are given, or
 * arrived, makes no difference.
 *
 * @returns the journeys, the one that went on longest ago last
 */
export function journeysOf<S extends Step>(events: readonly S[]): Journey<S>[] {
  const visits = visitsOf(events.toSorted(byTime));
  const journeys = tiedTogether(visits).map((parts) => journeyOf(parts.flat().toSorted(byTime)));
  return journeys.toSorted((a, b) => byTime(lastOf(b), lastOf(a)));
}

/** The step with which a journey ended so far: by it journeys are ordered. */
export function lastOf<S extends Step>({ steps }: Journey<S>): S {
  return (steps.at(-1) as { step: S }).step;
}

/** The order of events in time; what happened at the same instant keeps one order, too. */
export function byTime(a: Pick<Step, 'occurredAt' | 'id'>, b: Pick<Step, 'occurredAt' | 'id'>): number {
  return a.occurredAt.getTime() - b.occurredAt.getTime() || (a.id < b.id ? -1 : Number(a.id > b.id));
}

function visitsOf<S extends Step>(ordered: readonly S[]): S[][] {
  const visits: S[][] = [];
  let current: S[] | undefined;
  for (const step of ordered) {
    // Its time ties it to nothing; a code still may.
    if (step.clock === 'suspect') visits.push([step]);
    else if (current && isSameVisit(current.at(-1), step)) current.push(step);
    else visits.push((current = [step]));
  }
  return visits;
}

function isSameVisit(before: Step | undefined, step: Step): boolean {
  return before !== undefined && step.occurredAt.getTime() - before.occurredAt.getTime() <= VISIT_GAP_MS;
}

/** Joins the visits in which the same code of the same retailer occurs, soon enough after one another. */
function tiedTogether<S extends Step>(visits: readonly S[][]): S[][][] {
  const groups = new Groups(visits.length);
  const places = visits.flatMap((steps, visit) => steps.map((step) => ({ step, visit })));
  const last = new Map<string, { step: S; visit: number }>();
  for (const place of places.toSorted((a, b) => byTime(a.step, b.step))) {
    const { retailerId, correlation, occurredAt } = place.step;
    if (correlation === null) continue;
    const code = JSON.stringify([retailerId, correlation]);
    const before = last.get(code);
    if (before && occurredAt.getTime() - before.step.occurredAt.getTime() <= TIED_FOR_MS) {
      groups.join(before.visit, place.visit);
    }
    last.set(code, place);
  }
  return groups.all().map((members) => members.map((visit) => visits[visit] as S[]));
}

function journeyOf<S extends Step>(ordered: readonly S[]): Journey<S> {
  // The last one of which the time is known: an event of another hour than it says shows nothing of what came before.
  let before: S | undefined;
  const steps = ordered.map((step, index) => {
    const isSure = step.clock !== 'suspect';
    const isSoon = isSure && isSameVisit(before, step);
    if (isSure) before = step;
    return { step, joined: index === 0 ? 'first' : isSoon ? 'time' : 'correlation' } as const;
  });
  return { steps };
}

/** Disjoint sets of the numbers below `size`, by their least member. */
class Groups {
  private readonly parents: number[];

  constructor(size: number) {
    this.parents = Array.from({ length: size }, (_, index) => index);
  }

  join(a: number, b: number): void {
    const [least, other] = [this.find(a), this.find(b)].toSorted((x, y) => x - y) as [number, number];
    this.parents[other] = least;
  }

  all(): number[][] {
    const groups = new Map<number, number[]>();
    for (const member of this.parents.keys()) {
      const root = this.find(member);
      const group = groups.get(root);
      if (group) group.push(member);
      else groups.set(root, [member]);
    }
    return [...groups.values()];
  }

  private find(member: number): number {
    let root = member;
    while (this.parents[root] !== root) root = this.parents[root] as number;
    this.parents[member] = root;
    return root;
  }
}
