import { leafHashOf } from '../../audit/tree.js';

/** The leaf hashes of the entries of a bundle (C2SP tlog-tiles); null when it is none. */
export function leafHashesIn(bundle: Buffer): Buffer[] | null {
  const hashes: Buffer[] = [];
  for (const entry of entriesIn(bundle)) {
    if (!entry) return null;
    hashes.push(leafHashOf(entry));
  }
  return hashes;
}

/** The first so many entries of a bundle, as a bundle. */
export function firstEntries(bundle: Buffer, count: number): Buffer {
  let end = 0;
  let counted = 0;
  for (const entry of entriesIn(bundle)) {
    if (!entry || counted++ === count) break;
    end += 2 + entry.length;
  }
  return bundle.subarray(0, end);
}

/** Null where it is cut short. */
function* entriesIn(bundle: Buffer): Generator<Buffer | null> {
  for (let at = 0; at < bundle.length;) {
    const end = at + 2 <= bundle.length ? at + 2 + bundle.readUInt16BE(at) : Infinity;
    yield end <= bundle.length ? bundle.subarray(at + 2, end) : null;
    if (end > bundle.length) return;
    at = end;
  }
}
