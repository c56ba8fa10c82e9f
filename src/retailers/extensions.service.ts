import { Injectable } from '@nestjs/common';

import { type Actor, AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { InvalidRequestError } from '../platform/errors.js';
import { requireIfMatch, strongEtag } from '../platform/http/etag.js';
import { patternsOf } from '../vocabulary/attribute-rules.js';
import type { Attribute } from '../vocabulary/attribute.js';
import { VocabularyExtension } from '../vocabulary/vocabulary-extension.entity.js';
import { LEAD_MS, VocabularyService } from '../vocabulary/vocabulary.service.js';
import {
  ExtensionNotFoundError,
  ExtensionPathTakenError,
  ExtensionPrefixTakenError,
  NoExtensionPrefixError,
  TooManyExtensionsError,
  TooManyExtensionVersionsError,
} from './extensions.errors.js';
import {
  claimPrefix,
  extensionAt,
  extensionsOf,
  insertExtension,
  isFreePrefix,
  prefixHeldBy,
} from './extensions.queries.js';
import {
  type ExtensionDefinition,
  extensionOf,
  faultsOfExtension,
  faultsOfRevision,
  MOST_EXTENSIONS,
  prefixOf,
} from './extensions.js';
import type { Retailer } from './retailer.entity.js';
import { RetailerNotFoundError } from './retailers.errors.js';
import { lockRetailer } from './retailers.queries.js';
import { RetailersService } from './retailers.service.js';

/** From then on it can only be deprecated. */
const MOST_VERSIONS = 100;

/** What a retailer has added, and under what it may add more. */
export interface ExtensionsOfRetailer {
  readonly prefix: string | null;
  readonly extensions: readonly VocabularyExtension[];
}

/** What retailers add to the vocabulary for themselves. Nobody else ever learns of it, save the customers they serve. */
@Injectable()
export class ExtensionsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
  ) {}

  async of(retailerId: string): Promise<ExtensionsOfRetailer> {
    const { reader } = this.database;
    const held = await prefixHeldBy(reader, retailerId);
    if (held) return { prefix: held, extensions: await extensionsOf(reader, retailerId) };
    const prefix = prefixOf((await this.retailers.get(retailerId)).website);
    return { prefix: prefix && (await isFreePrefix(reader, prefix)) ? prefix : null, extensions: [] };
  }

  /**
   * Adds an attribute. It comes into force a minute later, when every process knows it. The first one makes the prefix
   * the retailer's own.
   *
   * @throws InvalidRequestError @throws ExtensionPathTakenError @throws ExtensionPrefixTakenError
   * @throws NoExtensionPrefixError @throws TooManyExtensionsError
   */
  add(actor: Actor, retailerId: string, definition: ExtensionDefinition): Promise<VocabularyExtension> {
    return this.change(retailerId, async (tx, retailer) => {
      this.assertSound(definition, await this.prefixFor(tx, retailer));
      const present = await extensionsOf(tx, retailerId);
      if (present.some(({ path }) => path === definition.path)) throw new ExtensionPathTakenError(definition.path);
      if (present.length >= MOST_EXTENSIONS) throw new TooManyExtensionsError(MOST_EXTENSIONS);
      return this.insert(tx, actor, retailerId, 'vocabulary.extended', extensionOf(definition), 1);
    });
  }

  /**
   * Puts a wider version in the place of the one that `ifMatch` names. One that was deprecated is active again.
   *
   * @throws InvalidRequestError @throws ExtensionNotFoundError @throws PreconditionFailedError
   * @throws TooManyExtensionVersionsError
   */
  revise(
    actor: Actor,
    retailerId: string,
    path: string,
    definition: Omit<ExtensionDefinition, 'path'>,
    ifMatch: string | undefined,
  ): Promise<VocabularyExtension> {
    return this.change(retailerId, async (tx) => {
      const current = await this.own(tx, retailerId, path);
      requireIfMatch(ifMatch, extensionEtag(current));
      this.assertSound({ ...definition, path }, current.attribute.category);
      const next = extensionOf({ ...definition, path });
      const faults = faultsOfRevision(current.attribute, next);
      if (faults.length > 0) throw new InvalidRequestError(faults);
      if (current.version >= MOST_VERSIONS) throw new TooManyExtensionVersionsError(path, MOST_VERSIONS);
      return this.insert(tx, actor, retailerId, 'vocabulary.extension_revised', next, current.version + 1);
    });
  }

  /** Has nothing new said about it: what was said stays. Doing it again changes nothing. @throws ExtensionNotFoundError */
  deprecate(actor: Actor, retailerId: string, path: string): Promise<VocabularyExtension> {
    return this.change(retailerId, async (tx) => {
      const current = await this.own(tx, retailerId, path);
      if (current.attribute.status === 'deprecated') return current;
      const next: Attribute = { ...current.attribute, status: 'deprecated' };
      return this.insert(tx, actor, retailerId, 'vocabulary.extension_deprecated', next, current.version + 1);
    });
  }

  /** The retailer's row is held, so that its attributes are changed one after the other. */
  private async change(
    retailerId: string,
    work: (tx: Tx, retailer: Retailer) => Promise<VocabularyExtension>,
  ): Promise<VocabularyExtension> {
    const changed = await this.database.transaction(async (tx) => {
      const retailer = await lockRetailer(tx, retailerId);
      if (!retailer) throw new RetailerNotFoundError(retailerId);
      return work(tx, retailer);
    });
    await this.vocabularies.refresh();
    return changed;
  }

  /** The prefix that the retailer has, or is given now. The change keeps it only with the attribute. */
  private async prefixFor(tx: Tx, { id: retailerId, website }: Retailer): Promise<string> {
    const held = await prefixHeldBy(tx, retailerId);
    if (held) return held;
    const prefix = prefixOf(website);
    if (!prefix) throw new NoExtensionPrefixError(website);
    const isGiven = await claimPrefix(tx, { prefix, retailerId, claimedAt: this.clock.now() });
    if (!isGiven) throw new ExtensionPrefixTakenError(prefix);
    return prefix;
  }

  private assertSound(definition: ExtensionDefinition, prefix: string): void {
    const faults = faultsOfExtension(definition, prefix, patternsOf(this.vocabularies.current().release));
    if (faults.length > 0) throw new InvalidRequestError(faults);
  }

  private async own(tx: Tx, retailerId: string, path: string): Promise<VocabularyExtension> {
    const found = await extensionAt(tx, retailerId, path);
    if (!found) throw new ExtensionNotFoundError(path);
    return found;
  }

  private async insert(
    tx: Tx,
    actor: Actor,
    retailerId: string,
    type: string,
    attribute: Attribute,
    version: number,
  ): Promise<VocabularyExtension> {
    const { path } = attribute;
    const at = this.clock.now();
    const inForceAt = new Date(at.getTime() + LEAD_MS);
    const extension = Object.assign(new VocabularyExtension(), {
      path,
      version,
      retailerId,
      attribute,
      createdAt: at,
      inForceAt,
    });
    await insertExtension(tx, extension);
    const data = { path, version, in_force_at: inForceAt.toISOString() };
    await this.audit.append(tx, { type, at, actor, retailerId, attributes: [path], data });
    await this.outbox.enqueue(tx, { type, at, retailerId, subject: path, data });
    return extension;
  }
}

/** The validator of an attribute, for If-Match. */
export function extensionEtag({ path, version }: VocabularyExtension): string {
  return strongEtag(path, version);
}
