import { gunzipSync, gzipSync } from 'node:zlib';

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

import { open, seal } from '../platform/crypto/seal.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader } from '../platform/database/database.js';
import { Forgetting } from '../platform/forgetting.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { Preference } from './preference.js';
import { findDocuments } from './preferences.queries.js';
import { type PreparedDocument, prepareDocument } from './prepared.js';
import { understood } from './understood.js';

/** A category's document as its row has it. */
export interface SealedDocument {
  readonly category: string;
  readonly version: number;
  /** The release under which it was written. */
  readonly vocabularyVersion: string;
  readonly sealed: Buffer;
}

const CACHED_BYTES = 16 * 1024 * 1024;
/** What was erased is out of memory after this long, too. */
const CACHED_FOR_MS = 60_000;
/** Opened and prepared, a document takes twice the size of its text. */
const PREPARED_FACTOR = 2;
/** Below this, packing costs more time than it saves room. */
const PACKED_FROM_BYTES = 8192;

/** Opens and seals what customers state. Opened documents are kept ready to be resolved for as long as there is room. */
@Injectable()
export class PreferenceDocuments {
  private readonly opened = new LRUCache<string, PreparedDocument>({ maxSize: CACHED_BYTES, ttl: CACHED_FOR_MS });

  constructor(
    private readonly keys: SubjectKeys,
    private readonly vocabularies: VocabularyService,
    forgetting: Forgetting,
  ) {
    forgetting.watch(this.opened);
  }

  /**
   * What the customer states now, in all categories or in some. A category without any preference may be missing.
   *
   * @throws CustomerKeysMissingError when the customer has been erased
   */
  async of(reader: Reader, customer: CustomerKey, categories?: readonly string[]): Promise<PreparedDocument[]> {
    const rows = await findDocuments(reader, customer, categories ?? null);
    const { profileKey } = await this.keys.of(reader, customer);
    return rows.map((row) => this.open(customer, profileKey, row));
  }

  /** @throws SealBrokenError when the row is not this customer's document of this category and version */
  open(customer: CustomerKey, profileKey: Buffer, row: SealedDocument): PreparedDocument {
    const { category, version, vocabularyVersion, sealed } = row;
    const vocabulary = this.vocabularies.current();
    const aad = documentAad(customer, category, version);
    // The tag stands for the content, so that a version that came to nothing is never taken for another one.
    const name = `${aad}|${vocabulary.version}|${sealed.toString('base64', sealed.length - 16)}`;
    const known = this.opened.get(name);
    if (known) return known;
    const text = unpack(open(profileKey, sealed, aad));
    const stated = understood(JSON.parse(text) as Preference[], vocabularyVersion, vocabulary);
    const document = prepareDocument(category, version, stated);
    this.opened.set(name, document, { size: text.length * PREPARED_FACTOR });
    return document;
  }

  /** The document as it is written, whatever it means today. @throws SealBrokenError */
  stored(customer: CustomerKey, profileKey: Buffer, { category, version, sealed }: SealedDocument): Preference[] {
    return JSON.parse(unpack(open(profileKey, sealed, documentAad(customer, category, version)))) as Preference[];
  }

  seal(
    customer: CustomerKey,
    profileKey: Buffer,
    { category, version, preferences }: Pick<PreparedDocument, 'category' | 'version' | 'preferences'>,
  ): Omit<SealedDocument, 'vocabularyVersion'> {
    const sealed = seal(profileKey, pack(JSON.stringify(preferences)), documentAad(customer, category, version));
    return { category, version, sealed };
  }
}

const GZIP = 0x1f;

/** Preferences repeat each other's words: packed, a thousand of them fit where a few hundred would. */
function pack(text: string): Buffer {
  const plain = Buffer.from(text);
  return plain.length < PACKED_FROM_BYTES ? plain : gzipSync(plain);
}

function unpack(bytes: Buffer): string {
  return (bytes[0] === GZIP ? gunzipSync(bytes) : bytes).toString();
}

function documentAad({ customerId }: CustomerKey, category: string, version: number): string {
  return `${customerId}|${category}|${version}`;
}

function versionAad({ customerId }: CustomerKey, preferenceId: string, version: number): string {
  return `${customerId}|${preferenceId}|${version}`;
}

/** Seals one version of a preference for its history. */
export function sealVersion(customer: CustomerKey, profileKey: Buffer, preference: Preference): Buffer {
  return seal(profileKey, JSON.stringify(preference), versionAad(customer, preference.id, preference.version));
}

export function openVersion(
  customer: CustomerKey,
  profileKey: Buffer,
  { preferenceId, version, sealed }: { preferenceId: string; version: number; sealed: Buffer },
): Preference {
  return JSON.parse(open(profileKey, sealed, versionAad(customer, preferenceId, version)).toString()) as Preference;
}
