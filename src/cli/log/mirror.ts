import { type LogResource, resourcePath, widthIn } from '../../audit/log-paths.js';
import { edgeTilesOf, hashesIn, HASH_BYTES, type Tile, TILE_WIDTH } from '../../audit/tiles.js';
import { atOnce } from '../../platform/at-once.js';
import { CliError, exitCodes } from '../errors.js';
import type { Progress } from '../replay/progress.js';
import { firstEntries, leafHashesIn } from './bundle.js';
import { appendHistory } from './mirror-history.js';
import type { MirrorFolder } from './mirror-folder.js';
import { MirroredTree, resourceOf } from './mirrored-tree.js';
import type { RemoteLog } from './remote-log.js';
import { type MirroredCheckpoint, NotTheLogError, readCheckpoint, readKeys, succeeding } from './signed.js';

/** So many bundles are fetched at once, and are all that is ever in memory. */
const AT_ONCE = 8;

export interface Mirrored {
  readonly origin: string;
  readonly size: number;
  /** How many entries it did not have before. */
  readonly added: number;
}

/**
 * Brings a copy of a log up to date. What is there already is built on and not fetched again, so that what comes after
 * continues it for certain; the copy's checkpoint is replaced once all that it covers is there and hashes to its root.
 *
 * @throws NotTheLogError when the log does not continue the copy, or is not what its checkpoint says; that one is kept
 */
export async function mirror(
  remote: RemoteLog,
  folder: MirrorFolder,
  progressOf: (entries: number) => Progress,
): Promise<Mirrored> {
  const keysText = await remote.text('keys');
  const keys = succeeding((await folder.read('keys'))?.toString(), readKeys(keysText));
  const next = readCheckpoint(await remote.text('checkpoint'), keys);
  const note = await folder.read('checkpoint');
  const before = note && readCheckpoint(note.toString(), keys);
  if (before && next.origin !== before.origin) {
    throw new CliError(`This folder is a copy of ${before.origin}, and the log is ${next.origin}.`, exitCodes.misused);
  }
  const tree = await treeOf(folder, before);
  const had = tree.size;
  try {
    await follow(remote, folder, tree, next, progressOf);
    await appendHistory(remote, folder, keys, next.size);
  } catch (error) {
    if (error instanceof NotTheLogError) await folder.write('checkpoint.refused', next.note);
    throw error;
  }
  await folder.write('policy', await remote.text('policy'));
  await folder.write('keys', keysText);
  await folder.write('checkpoint', next.note);
  if (before) await outgrow(folder, before.size, next.size);
  return { origin: next.origin, size: next.size, added: next.size - had };
}

/** Adds to the tree what the checkpoint has beyond it. @throws NotTheLogError when that does not lead to its root */
async function follow(
  remote: RemoteLog,
  folder: MirrorFolder,
  tree: MirroredTree,
  { size, root }: MirroredCheckpoint,
  progressOf: (entries: number) => Progress,
): Promise<void> {
  const had = tree.size;
  if (size < had) throw new NotTheLogError(`The log shows ${size} entries, and there are ${had} here.`);
  const progress = progressOf(size - had);
  await fetchEntries(remote, folder, tree, size, progress).finally(() => progress.end());
  for (const tile of tree.partial()) await keepTile(remote, folder, tile);
  if ((await tree.root()).equals(root)) return;
  throw new NotTheLogError(`Its ${size} entries do not hash to the root of its checkpoint.`);
}

/** The tree that the folder has a checkpoint of. @throws CliError when it has another one */
async function treeOf(folder: MirrorFolder, checkpoint: MirroredCheckpoint | null): Promise<MirroredTree> {
  const edge: Tile[] = [];
  for (const { tile, width } of checkpoint ? edgeTilesOf(checkpoint.size) : []) {
    const hashes = width > 0 ? await folder.read(resourcePath({ ...tile, width })) : null;
    if (hashes?.length === width * HASH_BYTES) edge.push({ ...tile, hashes });
  }
  const tree = new MirroredTree(checkpoint?.size ?? 0, edge);
  const isWhole = !checkpoint || (await tree.root().catch(() => null))?.equals(checkpoint.root);
  if (!isWhole) throw new CliError('The folder is not what its checkpoint says. Look into it with `ccx verify`.');
  return tree;
}

async function fetchEntries(
  remote: RemoteLog,
  folder: MirrorFolder,
  tree: MirroredTree,
  size: number,
  progress: Progress,
): Promise<void> {
  while (tree.size < size) {
    const first = Math.floor(tree.size / TILE_WIDTH);
    const count = Math.min(AT_ONCE, Math.ceil(size / TILE_WIDTH) - first);
    const indexes = Array.from({ length: count }, (_, place) => first + place);
    for (const { tile, bundle } of await atOnce(AT_ONCE, indexes, (index) =>
      fetchBundle(remote, folder, index, size),
    )) {
      const had = tree.size % TILE_WIDTH;
      const hashes = hashesIn(tile.hashes);
      const full = tree.add(hashes.slice(had));
      const { index } = tile;
      const made = [...full, ...tree.partial()].find((one) => one.level === 0 && one.index === index);
      if (!made?.hashes.equals(tile.hashes))
        throw new NotTheLogError(`The log has changed entries of bundle ${index}.`);
      await folder.write(resourcePath({ level: 'entries', index, width: hashes.length }), bundle);
      for (const one of full) await keepTile(remote, folder, one);
      progress.add(hashes.length - had);
    }
  }
}

/** A tile of leaf hashes and the entries that have them; from the folder, where an earlier run got so far. */
async function fetchBundle(
  remote: RemoteLog,
  folder: MirrorFolder,
  index: number,
  size: number,
): Promise<{ tile: Tile; bundle: Buffer }> {
  const width = widthIn(size, { level: 0, index });
  const hashes = await fetchTile(remote, { level: 0, index, width });
  const fits = (bundle: Buffer) => Buffer.concat(leafHashesIn(bundle) ?? []).equals(hashes);
  const resource: LogResource = { level: 'entries', index, width };
  const here = await folder.read(resourcePath(resource));
  const bundle = here && fits(here) ? here : await remote.resource(resource, (full) => firstEntries(full, width));
  if (!fits(bundle)) throw new NotTheLogError(`The entries of bundle ${index} do not hash to their tile.`);
  return { tile: { level: 0, index, hashes }, bundle };
}

async function fetchTile(remote: RemoteLog, resource: LogResource): Promise<Buffer> {
  const length = resource.width * HASH_BYTES;
  const hashes = await remote.resource(resource, (full) => full.subarray(0, length));
  if (hashes.length !== length) throw new NotTheLogError(`${resourcePath(resource)} is of ${hashes.length} bytes.`);
  return hashes;
}

/** The log's own tiles have to be those that follow from its entries. */
async function keepTile(remote: RemoteLog, folder: MirrorFolder, tile: Tile): Promise<void> {
  const resource = resourceOf(tile);
  if (tile.level > 0 && !(await fetchTile(remote, resource)).equals(tile.hashes)) {
    throw new NotTheLogError(`${resourcePath(resource)} is not what its entries hash to.`);
  }
  await folder.write(resourcePath(resource), tile.hashes);
}

/** Removes the partial tiles and bundles that there are wider ones of. */
async function outgrow(folder: MirrorFolder, from: number, to: number): Promise<void> {
  const outgrown = edgeTilesOf(from).flatMap(({ tile, width }): LogResource[] =>
    width > 0 ? [tile, ...(tile.level === 0 ? [{ ...tile, level: 'entries' as const }] : [])].map(asOf(to)) : [],
  );
  for (const resource of outgrown) await folder.outgrow(resource);
}

const asOf =
  (size: number) =>
  (resource: Pick<LogResource, 'level' | 'index'>): LogResource => ({ ...resource, width: widthIn(size, resource) });
