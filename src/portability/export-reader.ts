import type { KeyObject } from 'node:crypto';

import { compactVerify, decodeProtectedHeader } from 'jose';

import { type FieldError, MalformedJsonError } from '../platform/errors.js';
import { parseJson } from '../platform/http/json.js';
import type { JsonObject } from '../platform/json.js';
import { EXPORT_FORMAT, type ExportDigest, type ExportLine, LineDigest, MANIFEST_TYPE } from './export-lines.js';
import {
  ExportChangedError,
  ExportIncompleteError,
  ExportUnreadableError,
  ImportTooLargeError,
} from './imports.errors.js';

/** An export whose hashes agree with its manifest. */
export interface ReadExport {
  /** The broker that made it, as it says. */
  readonly broker: string;
  /** Whether this broker signed it; `unverified` where its key is not known here. */
  readonly verification: 'verified' | 'unverified';
  /** The release of ccx-core under which it was written. */
  readonly vocabulary: string;
  readonly statements: readonly JsonObject[];
}

/** An export that was read and not yet held against its manifest. */
export interface Unverified {
  readonly lines: readonly ExportLine[];
  readonly manifest: string;
}

/** The most lines of a file. They are read one after the other, and nobody else is served in the meantime. */
export const MOST_EXPORT_LINES = 50_000;

/** An export as NDJSON. @throws ExportUnreadableError @throws ExportIncompleteError @throws ImportTooLargeError */
export function readLines(text: string): Unverified {
  const parts = text.trimEnd().split('\n', MOST_EXPORT_LINES + 1);
  refuseTooManyLines(parts.length);
  const lines: ExportLine[] = [];
  for (const [index, part] of parts.entries()) {
    if (part.trim() === '') continue;
    lines.push(asLine(parsed(part, index), `line/${index + 1}`));
  }
  const last = lines.at(-1);
  if (last?.kind !== 'manifest' || typeof last.record['jws'] !== 'string') throw new ExportIncompleteError();
  return { lines: lines.slice(0, -1), manifest: last.record['jws'] };
}

/** An export as one document. @throws ExportUnreadableError @throws ExportIncompleteError @throws ImportTooLargeError */
export function readDocument(body: unknown): Unverified {
  const { records, manifest } = (isObject(body) ? body : {}) as { records?: unknown; manifest?: unknown };
  if (!Array.isArray(records)) throw unreadable('/records', 'must be the list of records');
  if (typeof manifest !== 'string') throw new ExportIncompleteError();
  refuseTooManyLines(records.length + 1);
  return { lines: records.map((record, index) => asLine(record, `/records/${index}`)), manifest };
}

function refuseTooManyLines(count: number): void {
  if (count > MOST_EXPORT_LINES) throw new ImportTooLargeError('lines', MOST_EXPORT_LINES);
}

function parsed(text: string, index: number): unknown {
  try {
    return parseJson(Buffer.from(text));
  } catch (error) {
    if (!(error instanceof MalformedJsonError)) throw error;
    throw unreadable(`line/${index + 1}`, error.message);
  }
}

function asLine(value: unknown, pointer: string): ExportLine {
  if (!isObject(value) || typeof value['kind'] !== 'string' || !isObject(value['record'])) {
    throw unreadable(pointer, 'must be an object of kind and record');
  }
  return { kind: value['kind'], record: value['record'] };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const unreadable = (pointer: string, detail: FieldError['detail']) => new ExportUnreadableError([{ pointer, detail }]);

/**
 * Holds an export against its manifest. Records that are missing are passed over as long as all statements are there:
 * they are signed on their own, so that they can be carried on without the rest.
 *
 * @param keyOf The key of this broker that has this id.
 * @throws ExportUnreadableError @throws ExportChangedError
 */
export async function verifyExport(
  { lines, manifest }: Unverified,
  keyOf: (kid: string) => KeyObject | undefined,
): Promise<ReadExport> {
  const { payload, verification } = await openManifest(manifest, keyOf);
  const digest = new LineDigest();
  for (const line of lines) digest.add(line);
  const found = digest.digest();
  const { count, sha256 } = payload.statements;
  if (found.statements.count !== count || found.statements.sha256 !== sha256) {
    throw new ExportChangedError('The part with the statements');
  }
  if (found.records === payload.records && found.sha256 !== payload.sha256) throw new ExportChangedError('The content');
  const statements = lines.filter(({ kind }) => kind === 'statement').map(({ record }) => record);
  return { broker: payload.iss, verification, vocabulary: payload.vocabulary, statements };
}

/** It becomes the source in the provenance of all that comes with it. */
const LONGEST_ISSUER = 200;

type Manifest = ExportDigest & { readonly iss: string; readonly vocabulary: string };

async function openManifest(
  jws: string,
  keyOf: (kid: string) => KeyObject | undefined,
): Promise<{ payload: Manifest; verification: ReadExport['verification'] }> {
  const { kid, typ } = headerOf(jws);
  if (typ !== MANIFEST_TYPE || !kid) throw unreadable('/manifest', `must be a JWS of the type ${MANIFEST_TYPE}`);
  const key = keyOf(kid);
  if (!key) {
    const payload = Buffer.from(jws.split('.')[1] ?? '', 'base64url');
    return { payload: manifestOf(payload), verification: 'unverified' };
  }
  const verified = await compactVerify(jws, key, { algorithms: ['ES256'] }).catch(() => {
    throw new ExportChangedError('The signature');
  });
  return { payload: manifestOf(verified.payload), verification: 'verified' };
}

function headerOf(jws: string): { kid?: string; typ?: string } {
  try {
    return decodeProtectedHeader(jws);
  } catch {
    throw unreadable('/manifest', 'is not a JWS');
  }
}

function manifestOf(payload: Uint8Array): Manifest {
  let manifest: unknown;
  try {
    manifest = parseJson(payload);
  } catch {
    throw unreadable('/manifest', 'does not hold JSON');
  }
  if (!isObject(manifest) || manifest['format'] !== EXPORT_FORMAT) {
    throw unreadable('/manifest', `must be of the format ${EXPORT_FORMAT}`);
  }
  const { iss, vocabulary, statements } = manifest;
  const says =
    typeof iss === 'string' && iss.length <= LONGEST_ISSUER && URL.canParse(iss) && typeof vocabulary === 'string';
  if (!says || !isObject(statements)) {
    throw unreadable('/manifest', 'must say by whom it is and what it holds');
  }
  return manifest as unknown as Manifest;
}
