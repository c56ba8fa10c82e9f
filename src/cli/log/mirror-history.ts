import { LRUCache } from 'lru-cache';

import { resourcePath, widthIn } from '../../audit/log-paths.js';
import { type Tile, type TileCoordinates, TiledHashes } from '../../audit/tiles.js';
import { type HashReader, rootAt } from '../../audit/tree.js';
import type { VerifierKey } from '../../platform/crypto/verifier-key.js';
import { CliError } from '../errors.js';
import type { MirrorFolder } from './mirror-folder.js';
import type { RemoteLog } from './remote-log.js';
import { NotTheLogError, readCheckpoint } from './signed.js';

const PAGE = 1_000;
const KEPT_TILES = 500;
const FILE = 'checkpoints';

interface PublishedItem {
  readonly size: number;
  readonly signed_at: string;
  readonly note: string;
}

/**
 * Adds the checkpoints that the log has published since, one to a line. Each has to be of a beginning of the tree.
 *
 * @param size What is here of the tree; checkpoints beyond it are left for the next time.
 * @throws CliError
 */
export async function appendHistory(
  remote: RemoteLog,
  folder: MirrorFolder,
  keys: readonly VerifierKey[],
  size: number,
): Promise<void> {
  const hashes = mirroredHashes(folder, size);
  let after = placeOf(await folder.lastLine(FILE));
  for (;;) {
    const query = after === null ? '' : `&after=${after}`;
    const items = itemsIn(await remote.text(`checkpoints?limit=${PAGE}${query}`));
    const within = items.filter((item) => item.size <= size);
    for (const { note } of within) {
      const checkpoint = readCheckpoint(note, keys);
      if (checkpoint.size <= size && (await rootAt(checkpoint.size, hashes)).equals(checkpoint.root)) continue;
      throw new NotTheLogError(
        `The log has published a checkpoint of ${checkpoint.size} entries that it does not continue.`,
      );
    }
    if (within.length > 0) await folder.append(FILE, within.map((item) => `${JSON.stringify(item)}\n`).join(''));
    if (within.length < PAGE) return;
    after = placeOf(within.at(-1));
  }
}

/** Where the log goes on after a checkpoint. */
function placeOf(last: unknown): string | null {
  const { size, signed_at } = (last ?? {}) as Partial<PublishedItem>;
  return size === undefined || signed_at === undefined ? null : `${size}.${Date.parse(signed_at)}`;
}

function itemsIn(text: string): PublishedItem[] {
  try {
    const { items } = JSON.parse(text) as { items: PublishedItem[] };
    return items.map(({ size, signed_at, note, ...more }) => ({ size, signed_at, note, ...more }));
  } catch {
    throw new CliError('The history of the log is not in the form that CCX gives it.');
  }
}

function mirroredHashes(folder: MirrorFolder, size: number): HashReader {
  const kept = new LRUCache<string, Tile>({ max: KEPT_TILES });
  const read = async (tile: TileCoordinates): Promise<Tile[]> => {
    const path = resourcePath({ ...tile, width: widthIn(size, tile) });
    const known = kept.get(path);
    if (known) return [known];
    const hashes = await folder.read(path);
    if (!hashes) return [];
    kept.set(path, { ...tile, hashes });
    return [{ ...tile, hashes }];
  };
  return new TiledHashes(async (tiles) => (await Promise.all(tiles.map(read))).flat());
}
