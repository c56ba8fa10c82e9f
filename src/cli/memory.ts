/**
 * How much a service may keep in memory. It needs some 110 MB, and more with many requests in line; given more room, V8
 * lets garbage lie: without these, a process took twice as much, and was no quicker.
 */
const HEAP = '--max-old-space-size=512 --max-semi-space-size=8';
/** The C library gives each thread a piece of memory to itself, of which little is used. */
const ARENAS = '2';

export interface BoundedMemory {
  readonly NODE_OPTIONS: string;
  readonly MALLOC_ARENA_MAX: string;
}

/** The environment of a process that is bounded so, unless this one's says otherwise. */
export function boundedMemory({ NODE_OPTIONS = '', MALLOC_ARENA_MAX = ARENAS }: NodeJS.ProcessEnv): BoundedMemory {
  return { NODE_OPTIONS: `${HEAP} ${NODE_OPTIONS}`.trim(), MALLOC_ARENA_MAX };
}
