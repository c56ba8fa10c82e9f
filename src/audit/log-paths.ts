import { TILE_WIDTH } from './tiles.js';

const HIGHEST_LEVEL = 63;

/** What of the log a path names: hashes of a level of the tree, or the entries themselves. */
export interface LogResource {
  readonly level: number | 'entries';
  readonly index: number;
  /** How many hashes or entries: 256 of a full one, fewer at the right edge. */
  readonly width: number;
}

/** How much of it a tree of this size has, from none to all of it. */
export function widthIn(size: number, { level, index }: Pick<LogResource, 'level' | 'index'>): number {
  const count = level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level);
  return Math.min(Math.max(count - index * TILE_WIDTH, 0), TILE_WIDTH);
}

/** The path of a resource below the log's own: `tile/0/x001/x234/067.p/5`. */
export function resourcePath({ level, index, width }: LogResource): string {
  return `tile/${level}/${indexPath(index)}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** The resource of a level and of what comes after it in the path, or null where that is not the one way to name it. */
export function parseResource(level: string, rest: string): LogResource | null {
  const parsedLevel = level === 'entries' ? level : smallNumber(level, 0, HIGHEST_LEVEL);
  const [, path = '', partial] = /^([^.]*)(?:\.p\/(.*))?$/.exec(rest) ?? [];
  const index = parseIndex(path);
  const width = partial === undefined ? TILE_WIDTH : smallNumber(partial, 1, TILE_WIDTH - 1);
  return parsedLevel === null || index === null || width === null ? null : { level: parsedLevel, index, width };
}

/** 1234067 is `x001/x234/067`: no folder ever has more than a thousand of anything. */
function indexPath(index: number): string {
  const last = String(index % 1000).padStart(3, '0');
  const folders: string[] = [];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    folders.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  return [...folders, last].join('/');
}

function parseIndex(path: string): number | null {
  if (!/^(x\d{3}\/)*\d{3}$/.test(path)) return null;
  const index = Number(path.replace(/[x/]/g, ''));
  // One index has one path: no further zeroes in front, and nothing beyond what is counted exactly.
  return Number.isSafeInteger(index) && indexPath(index) === path ? index : null;
}

function smallNumber(text: string, least: number, most: number): number | null {
  const value = /^(0|[1-9]\d{0,2})$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : null;
}
