import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import { malformed } from './fault.js';

/** A checkpoint as somebody else has kept it, and when they got it. */
export interface Anchor {
  readonly at: string;
  readonly checkpoint: Checkpoint;
}

const time = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

/**
 * Reads a file of anchors: before each note a line `--- ` with the time at which it was got. A file with one note and
 * nothing else, such as a checkpoint that somebody kept, is one, too. A block that was cut short when its writer died
 * is passed over: it is followed by the whole one.
 *
 * @throws Fault when there is none in it
 */
export function parseAnchors(text: string): Anchor[] {
  if (!text.startsWith('--- ')) return [{ at: 'an unknown time', checkpoint: parseCheckpoint(text, 'the anchor') }];
  const anchors = text
    .slice('--- '.length)
    .split('\n--- ')
    .flatMap((block) => anchorIn(block) ?? []);
  if (anchors.length === 0) throw malformed('there is no anchor in the file');
  return anchors;
}

function anchorIn(block: string): Anchor | null {
  const [at = ''] = block.split('\n', 1);
  // The newline that ends a block stands before the mark of the next.
  const note = block.slice(at.length + 1).replace(/\n*$/, '\n');
  if (!time.test(at) || !note.includes('\n\n')) return null;
  return { at, checkpoint: parseCheckpoint(note, `the anchor of ${at}`) };
}
