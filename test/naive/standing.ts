import { LONGEST_CHAIN, type Standing } from '../../src/interactions/standing.js';

/** As much of an event as decides whether it counts. All are of one client and one customer. */
export interface NaiveEvent {
  readonly source: string;
  readonly id: string;
  /** As sent. */
  readonly time: Date;
  readonly voids?: { readonly source: string; readonly id: string };
  /** The id of an event of the same source. */
  readonly corrects?: string;
}

const nameOf = ({ source, id }: { source: string; id: string }) => JSON.stringify([source, id]);

/**
 * How each event stands, by definition: for each one all others are looked through. It is handed a set, and so cannot
 * know in which order they came.
 */
export function standingsOf(events: readonly NaiveEvent[]): Map<string, Standing> {
  const isVoided = (name: string) => events.some(({ voids }) => voids && nameOf(voids) === name);
  const targetOf = ({ source, corrects }: NaiveEvent) =>
    corrects === undefined ? undefined : nameOf({ source, id: corrects });

  /** What it corrects, and what that corrects in turn, so far as that counts. A circle is gone round once. */
  function above(event: NaiveEvent): Set<string> {
    const names = new Set<string>();
    for (let name = targetOf(event); name !== undefined && !names.has(name) && names.size < LONGEST_CHAIN;) {
      names.add(name);
      const found = events.find((other) => nameOf(other) === name);
      name = found && targetOf(found);
    }
    return names;
  }
  const isTakenBack = (event: NaiveEvent) => [nameOf(event), ...above(event)].some(isVoided);

  const isGreater = (a: NaiveEvent, b: NaiveEvent) =>
    a.time.getTime() !== b.time.getTime() ? a.time > b.time : Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)) > 0;
  const isCorrected = (event: NaiveEvent) =>
    events.some((other) => targetOf(other) === nameOf(event)) ||
    events.some(
      (other) => event.corrects !== undefined && targetOf(other) === targetOf(event) && isGreater(other, event),
    );

  return new Map(
    events.map((event) => [
      nameOf(event),
      isTakenBack(event) ? 'voided' : isCorrected(event) ? 'corrected' : 'standing',
    ]),
  );
}
