import { Injectable } from '@nestjs/common';

import { Database, type Reader } from '../platform/database/database.js';
import { InvalidRequestError } from '../platform/errors.js';
import { findEntry, findEntryWithHash, type LoggedEntry } from './audit.queries.js';
import { CachedHashes } from './cached-hashes.js';
import type { PublishedCheckpoint } from './checkpoint.js';
import { checkpointOfSize, lastCheckpoint } from './checkpoints.queries.js';
import { leafBytes } from './leaf.js';
import { LogNotPublishedError, NotInPublishedLogError, NotYetInTheLogError } from './log.errors.js';
import { readTiles } from './log-tiles.queries.js';
import { tlogProof } from './tlog-proof.js';
import { consistencyProof, type HashReader, inclusionProof, rootFrom } from './tree.js';

/** That an entry is in a tree, for whoever does not trust the service. */
export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Buffer;
  readonly root: Buffer;
  readonly hashes: readonly Buffer[];
  /** The published checkpoint of this size, if there is one of exactly this size. */
  readonly checkpoint: PublishedCheckpoint | null;
}

/** That one tree is the beginning of another. */
export interface Consistency {
  readonly from: number;
  readonly to: number;
  readonly hashes: readonly Buffer[];
}

/** An entry with all that proves it offline. */
export interface ProvenEntry {
  readonly index: number;
  /** The bytes of the leaf, which tell nothing by themselves. */
  readonly leaf: Buffer;
  /** C2SP tlog-proof. */
  readonly tlogProof: string;
}

/** Proofs out of what has been published. What no published checkpoint covers is not there. */
@Injectable()
export class LogProofs {
  /** The tree that was asked for last, with what has been read and hashed of it. */
  private tree?: PublishedTree;

  constructor(private readonly database: Database) {}

  /** The last published checkpoint. @throws LogNotPublishedError */
  async published(): Promise<PublishedCheckpoint> {
    const checkpoint = await lastCheckpoint(this.database.reader);
    if (!checkpoint) throw new LogNotPublishedError();
    return checkpoint;
  }

  /** The last published tree, for many proofs in one and the same. @throws LogNotPublishedError */
  async latest(): Promise<PublishedTree> {
    return this.treeOf(await this.published());
  }

  /** @throws LogNotPublishedError, NotInPublishedLogError */
  async inclusion(which: { index: number } | { leafHash: Buffer }, size?: number): Promise<Inclusion> {
    const { reader } = this.database;
    const published = await this.published();
    const checkpoint = await this.checkpointOf(size, published);
    const within = size ?? published.size;
    if (within > published.size) throw new NotInPublishedLogError(`a tree of ${within}`, published.size);
    const entry =
      'index' in which ? await findEntry(reader, which.index) : await findEntryWithHash(reader, which.leafHash);
    if (!entry || entry.index >= within) throw new NotInPublishedLogError('this entry', within);
    const { index, leafHash } = entry;
    const hashes = await this.treeOf(published).inclusion(index, within);
    const root = checkpoint?.root ?? (rootFrom(leafHash, index, within, hashes) as Buffer);
    return { index, size: within, leafHash, root, hashes, checkpoint };
  }

  /** @throws LogNotPublishedError, NotInPublishedLogError, InvalidRequestError */
  async consistency(from: number, to?: number): Promise<Consistency> {
    const published = await this.published();
    const { size } = published;
    const until = to ?? size;
    if (Math.max(from, until) > size) throw new NotInPublishedLogError(`a tree of ${Math.max(from, until)}`, size);
    if (from > until) throw new InvalidRequestError([{ pointer: 'query/from', detail: 'must not be larger than to' }]);
    return { from, to: until, hashes: await this.treeOf(published).consistency(from, until) };
  }

  /**
   * The entry that was promised by its leaf hash, proven in the last published checkpoint.
   *
   * @throws NotYetInTheLogError
   */
  async promised(leafHash: Buffer): Promise<{ entry: LoggedEntry; proven: ProvenEntry }> {
    const entry = await findEntryWithHash(this.database.reader, leafHash);
    if (!entry) throw new NotYetInTheLogError();
    return { entry, proven: await (await this.covering(entry.index)).entry(entry) };
  }

  /** The last published tree, which has this entry. @throws NotYetInTheLogError */
  async covering(index: number): Promise<PublishedTree> {
    const checkpoint = await lastCheckpoint(this.database.reader);
    if (!checkpoint || index >= checkpoint.size) throw new NotYetInTheLogError();
    return this.treeOf(checkpoint);
  }

  private treeOf(checkpoint: PublishedCheckpoint): PublishedTree {
    if (!this.tree?.is(checkpoint)) this.tree = new PublishedTree(checkpoint, this.database.reader);
    return this.tree;
  }

  private checkpointOf(size: number | undefined, published: PublishedCheckpoint): Promise<PublishedCheckpoint | null> {
    if (size === undefined || size === published.size) return Promise.resolve(published);
    return checkpointOfSize(this.database.reader, size);
  }
}

/** One published tree. Its tiles are read once and kept for as long as it is, up to 8 MB of them. */
export class PublishedTree {
  private readonly hashes: HashReader;

  constructor(
    readonly checkpoint: PublishedCheckpoint,
    reader: Reader,
  ) {
    this.hashes = new CachedHashes((tiles) => readTiles(reader, tiles));
  }

  /** Whether it is of this very checkpoint: the same tree may be published again with other signatures. */
  is({ note }: PublishedCheckpoint): boolean {
    return this.checkpoint.note === note;
  }

  /** The audit path of an entry, in the tree or in a smaller one that it begins with. */
  inclusion(index: number, size = this.checkpoint.size): Promise<Buffer[]> {
    return inclusionProof(index, size, this.hashes);
  }

  /** That the tree, or a smaller one that it begins with, begins with one that is smaller still. */
  consistency(from: number, to = this.checkpoint.size): Promise<Buffer[]> {
    return consistencyProof(from, to, this.hashes);
  }

  /** An entry that the checkpoint covers, with all that proves it. */
  async entry({ index, commitment }: Pick<LoggedEntry, 'index' | 'commitment'>): Promise<ProvenEntry> {
    const hashes = await this.inclusion(index);
    return { index, leaf: leafBytes(commitment), tlogProof: tlogProof(index, hashes, this.checkpoint.note) };
  }
}
