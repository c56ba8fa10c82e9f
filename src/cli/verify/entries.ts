import type { Checkpoint } from './checkpoint.js';
import { type LoggedEvent, openedEvent } from './commitment.js';
import { malformed, tampering } from './fault.js';
import type { Fields } from './fields.js';
import { canonical, type Json } from './json.js';
import type { Report } from './report.js';
import { isLeaf } from './tiles.js';
import { leafHash, rootOfInclusion } from './tree.js';

/** One entry of the log, proved to be in it, and its event where it was opened. */
export interface Entry {
  readonly index: number;
  readonly leafHash: Buffer;
  readonly type: string;
  readonly state: EntryState;
  readonly event: LoggedEvent | null;
}

const states = ['opened', 'erased', 'sealed'] as const;
/** Whether its event is shown, gone with the customer's keys, or there for nobody although it should be. */
type EntryState = (typeof states)[number];

/** How many entries there were of each state. */
export class EntryTally {
  private readonly counts = { opened: 0, erased: 0, sealed: 0 };

  get all(): number {
    return this.counts.opened + this.counts.erased + this.counts.sealed;
  }

  get found(): string {
    const { opened, erased } = this.counts;
    return `${this.all} are in the log, of which ${opened} open to what they commit to and ${erased} are erased`;
  }

  add({ state }: Entry): void {
    this.counts[state]++;
  }

  /** The broker itself cannot open such an entry: its seal or its key was changed. */
  tellOfSealed(report: Report): void {
    if (this.counts.sealed > 0)
      report.skipped('sealed entries', `${this.counts.sealed} are not shown and not erased: ask the broker why`);
  }

  /** Who is erased has no bundle: passing an entry off as erased would leave what is said of it to the broker's word. */
  tellOfErased(report: Report): void {
    if (this.counts.erased > 0)
      report.skipped('erased entries', `${this.counts.erased} are not shown: nothing proves what is said of them`);
  }
}

/** @throws Fault when the leaf is not at its place in the log, or the record says something else than it commits to */
export function provedEntry(record: Fields, checkpoint: Checkpoint): Entry {
  const index = record.integer('index');
  const what = `entry ${index}`;
  const leaf = record.bytes('leaf');
  checkInclusion(leaf, index, record.hashes('inclusion'), checkpoint, what);
  const state = stateOf(record, what);
  const event = state === 'opened' ? openedEntry(record, leaf, what) : null;
  return { index, leafHash: leafHash(leaf), type: record.string('type'), state, event };
}

/** @throws Fault */
export function checkInclusion(
  leaf: Buffer,
  index: number,
  path: readonly Buffer[],
  { size, root }: Checkpoint,
  what: string,
): void {
  if (!isLeaf(leaf)) throw malformed(`${what} is not of the form of a leaf`);
  if (!rootOfInclusion(leafHash(leaf), index, size, path)?.equals(root))
    throw tampering(`${what} is not in the log of size ${size}`);
}

function stateOf(record: Fields, what: string): EntryState {
  const found = states.find((state) => state === record.get('state'));
  if (!found) throw malformed(`${what} has a state that there is not`);
  return found;
}

function openedEntry(record: Fields, leaf: Buffer, what: string): LoggedEvent {
  const json = record.get('event') ?? null;
  const event = openedEvent(leaf, record.bytes('nonce'), json, what);
  checkColumns(record, event, what);
  return event;
}

/** The columns beside an entry are not proved by themselves: they have to be those of the event. */
function checkColumns(record: Fields, event: LoggedEvent, what: string): void {
  const columns: Record<string, Json> = {
    type: event.type,
    retailer_id: event.retailerId,
    purposes: [...event.purposes],
    attributes: [...event.attributes],
    consent_version: event.consent?.version ?? null,
  };
  for (const [name, logged] of Object.entries(columns)) {
    const shown = record.get(name);
    if (shown !== undefined && canonical(shown) !== canonical(logged))
      throw tampering(`${what} shows another ${name} than its leaf commits to`);
  }
  if (record.time('at') !== Date.parse(event.at))
    throw tampering(`${what} shows another time than its leaf commits to`);
}
