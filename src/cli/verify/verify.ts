import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { parseAnchors } from './anchors.js';
import { BundleFiles } from './bundle-files.js';
import { verifyBundle } from './bundle.js';
import type { Context } from './context.js';
import { EXPORT_FORMAT, verifyExport } from './export.js';
import { Fault, malformed, quoted, unreadable } from './fault.js';
import { decodeUtf8, parseJson } from './json.js';
import { parseKeySet } from './jws.js';
import { verifyLog } from './log.js';
import { parsePolicy } from './policy.js';
import { kindOfProof, verifyDisclosureProof, verifyReceipt, verifyReceiptWithProof } from './proof.js';
import type { Report } from './report.js';
import { fetchBytes, isAddress, logSource, readRegularFile } from './source.js';

export const kinds = ['bundle', 'receipt', 'export', 'log'] as const;
export type Kind = (typeof kinds)[number];

export interface Settings {
  readonly kind?: Kind | undefined;
  readonly policy?: string | undefined;
  readonly keys?: string | undefined;
  readonly anchors?: string | undefined;
  readonly log?: string | undefined;
  readonly now: Date;
  readonly progress: Context['progress'];
}

/** What is read whole. */
const LONGEST_FILE = 64 * 1024 * 1024;
/** Enough of a file to see what it is. */
const BEGINNING = 4_096;

/** Verifies a thing that a broker has handed out. Every check is told to the report, also that it cannot be read. */
export async function verify(what: string, settings: Settings, report: Report): Promise<void> {
  const context = await contextOf(settings, report);
  if (!context) return;
  const kind = await guarded(report, what, async () => settings.kind ?? (await kindOf(what)));
  if (kind) await guarded(report, kind, () => verifyAs(kind, what, context));
}

async function verifyAs(kind: Kind, what: string, context: Context): Promise<void> {
  switch (kind) {
    case 'log':
      return verifyLog(context, logSource(what));
    case 'bundle':
      return verifyBundle(context, await bundleAt(what));
    case 'export':
      return verifyExport(context, what);
    case 'receipt':
      return verifyReceiptText(context, await textAt(what));
  }
}

async function verifyReceiptText(context: Context, text: string): Promise<void> {
  if (!text.trimStart().startsWith('{')) return verifyReceipt(context, text);
  const json = parseJson(text, 'the proof');
  const kind = kindOfProof(json);
  if (!kind) throw malformed('it is neither a receipt nor a proof of one');
  return kind === 'receipt' ? verifyReceiptWithProof(context, json) : verifyDisclosureProof(context, json);
}

async function bundleAt(path: string): Promise<BundleFiles> {
  return (await stat(path)).isDirectory() ? BundleFiles.fromFolder(path) : BundleFiles.fromArchive(path);
}

/** What it is, by how it begins. @throws Fault when it cannot be told */
async function kindOf(what: string): Promise<Kind> {
  if (isAddress(what)) return 'log';
  const found = await stat(what).catch(() => {
    throw unreadable('there is no such file or folder');
  });
  if (found.isDirectory()) {
    if (await exists(join(what, 'manifest.json'))) return 'bundle';
    if (await exists(join(what, 'checkpoint'))) return 'log';
    throw malformed('the folder is neither a bundle (manifest.json) nor a mirror of a log (checkpoint)');
  }
  if (!found.isFile()) throw unreadable('it is neither a file nor a folder');
  return kindOfFile(await beginningOf(what));
}

function kindOfFile(beginning: Buffer): Kind {
  if (beginning.length === 0) throw malformed('it is empty');
  const isTar = beginning.toString('latin1', 257, 262) === 'ustar';
  if (beginning.subarray(0, 2).equals(Buffer.of(0x1f, 0x8b)) || isTar) return 'bundle';
  const text = beginning.toString('utf8').trimStart();
  if (/^[\w-]+\.[\w-]+(\.[\w-]*)?\s*$/.test(text)) return 'receipt';
  if (!text.startsWith('{')) throw malformed('it is nothing that can be verified (--kind says what it should be)');
  return text.includes(`"${EXPORT_FORMAT}"`) ? 'export' : 'receipt';
}

async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function contextOf(settings: Settings, report: Report): Promise<Context | undefined> {
  const { policy, keys, anchors, log, now, progress } = settings;
  return guarded(report, 'what it is verified with', async () => ({
    report,
    policy: policy === undefined ? undefined : parsePolicy(await textAt(policy)),
    keys: keys === undefined ? undefined : parseKeySet(parseJson(await textAt(keys), 'the set of keys')),
    anchors: anchors === undefined ? undefined : parseAnchors(await textAt(anchors)),
    log: log === undefined ? undefined : logSource(log),
    now,
    progress,
  }));
}

/** The whole text of a file or an address. @throws Fault */
async function textAt(place: string): Promise<string> {
  const read = isAddress(place) ? fetchBytes : readRegularFile;
  const bytes = await read(place, LONGEST_FILE);
  if (!bytes) throw unreadable(`there is no ${quoted(place)}`);
  return decodeUtf8(bytes, quoted(place));
}

/** Tells of what ends the whole run as of a check that failed. */
async function guarded<T>(report: Report, check: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    report.failed(check, faultOf(error));
    return undefined;
  }
}

function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  // A fault of the verifier itself says nothing about what it looks at, least of all that it was tampered with.
  return unreadable(code ? `it cannot be read (${code})` : `the verifier itself failed: ${quoted(message)}`);
}
