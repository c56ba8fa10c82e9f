import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import canonicalize from 'canonicalize';
import { pack } from 'tar-stream';

import { leafHashOf, leafOf, pathOf, rootOf, WrittenLog } from './written-log.js';

// oxlint-disable-next-line typescript/no-explicit-any
export type Row = any;

/** The parts of a bundle before they are written, so that a test can change any of them. */
export interface BundleParts {
  log: WrittenLog;
  consent: string;
  checkpoint: string;
  checkpoints: Row[];
  keys: { keys: object[] };
  logKeys: object;
  entries: Row[];
  receipts: Row[];
  versions: Row[];
  notices: Record<string, string>;
  disclosures: Row[];
  /** Signs a receipt's claims again, as the broker could. */
  signReceipt(claims: object): string;
}

const consent = '0192f0c1-7a54-7c3e-8f10-3d5f6a7b8c9d';
const retailer = '0192f0c1-7a54-7c3e-8f10-000000000001';
const base64 = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('base64'));
const hex = (text: string) => createHash('sha256').update(text).digest('hex');

const line = {
  id: 'line-1',
  type: 'ccx_preferences',
  attributes: ['size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
  stages: ['shopping'],
  delivery: ['live'],
  retention: 'P30D',
  expires_at: '2026-12-01T00:00:00.000Z',
};

/**
 * One consent that was given, read from, renewed and withdrawn, in a log of others.
 *
 * @param read one more read, where it is another than those that the consent lets be
 */
export function aBundle(read?: Row, log = new WrittenLog()): BundleParts {
  const signer = aReceiptSigner();
  const notice = canonicalize({ format: 1, title: 'What a customer was shown' }) as string;
  const parts: BundleParts = {
    log,
    consent,
    checkpoint: '',
    checkpoints: [],
    keys: { keys: [signer.jwk] },
    logKeys: log.listedKeys,
    entries: [],
    receipts: [],
    versions: [],
    notices: { [hex(notice)]: notice },
    disclosures: [],
    signReceipt: signer.sign,
  };
  const open: Opening = (event) => {
    const { index, leaf, nonce } = log.append(event);
    const { type, at } = event;
    parts.entries.push({
      index,
      id: `entry-${index}`,
      type,
      at,
      leaf: leaf.toString('base64'),
      event,
      nonce: nonce.toString('base64'),
      state: 'opened',
    });
    return { index, leafHash: leafHashOf(leaf) };
  };
  const change = (version: number, name: string, status: string, at: string) => {
    const details = [line];
    const { index, leafHash } = open({
      type: `consent.${name}`,
      at,
      actor: { kind: 'customer' },
      retailer_id: retailer,
      consent: { id: consent, version },
      purposes: line.purposes,
      attributes: line.attributes,
      data: {
        status,
        expires_at: line.expires_at,
        max_reads_per_day: null,
        notice: hex(notice),
        details: hex(canonicalize(details) as string),
      },
    });
    parts.versions.push({
      version,
      change: name,
      status,
      details,
      max_reads_per_day: null,
      expires_at: line.expires_at,
      notice_hash: hex(notice),
      at,
      entry_index: index,
    });
    const claims = receiptClaims({ version, name, status, at, leafHash, notice: hex(notice) });
    parts.receipts.push({ id: claims.receipt_id, holder: 'customer', jws: signer.sign(claims), index });
  };

  log.fill(5);
  change(1, 'given', 'active', '2026-11-01T10:00:00.000Z');
  log.fill(300);
  parts.disclosures.push(...readsIn(open, 1, ['2026-11-02T10:00:00.000Z', '2026-11-03T10:00:00.000Z', null]));
  change(2, 'renewed', 'active', '2026-11-10T10:00:00.000Z');
  parts.disclosures.push(...readsIn(open, 2, ['2026-11-11T10:00:00.000Z']));
  change(3, 'withdrawn', 'withdrawn', '2026-11-12T10:00:00.000Z');
  if (read) parts.disclosures.push(...readsIn(open, 2, ['2026-11-11T11:00:00.000Z'], read));
  log.fill(40);
  const earlier = [3, 256, 310];
  parts.checkpoint = log.checkpoint();
  parts.checkpoints = earlier.map((size) => ({
    note: log.checkpoint(size),
    consistency: base64(log.consistency(size)),
  }));
  for (const entry of parts.entries) entry.inclusion = base64(log.inclusion(entry.index));
  return parts;
}

/** Reads of one group commit; null is a read of somebody else, of which nothing is told. */
function readsIn(open: Opening, version: number, times: readonly (string | null)[], differing?: Row): Row[] {
  const reads = times.map((checkedAt, position) => {
    const record = {
      id: `read-${version}-${position}${differing ? '-differing' : ''}`,
      consent: { id: consent, version },
      retailer_id: retailer,
      client_id: 'till-client',
      attributes: ['size.footwear'],
      purpose: 'dpv:ServicePersonalisation',
      touchpoint: 'till',
      stage: 'shopping',
      checked_at: checkedAt ?? '2026-11-03T11:00:00.000Z',
      unchanged: false,
      refused: null,
      ...differing,
    };
    const nonce = Buffer.alloc(16, position + 1);
    return { record, nonce, hash: leafHashOf(leafOf(nonce, record)), isOurs: checkedAt !== null };
  });
  const hashes = reads.map(({ hash }) => hash);
  const { index } = open({
    type: 'disclosures.recorded',
    at: '2026-11-03T11:00:00.100Z',
    actor: { kind: 'system' },
    data: { root: rootOf(hashes).toString('base64url'), size: reads.length },
  });
  return reads.flatMap(({ record, nonce, isOurs }, position) =>
    isOurs
      ? {
          disclosure: record,
          nonce: nonce.toString('base64'),
          leaf_index: position,
          leaf_count: reads.length,
          path: base64(pathOf(position, hashes)),
          entry_index: index,
        }
      : [],
  );
}

type Opening = (event: Row) => { index: number; leafHash: Buffer };

interface Change {
  version: number;
  name: string;
  status: string;
  at: string;
  leafHash: Buffer;
  notice: string;
}

function receiptClaims({ version, name, status, at, leafHash, notice }: Change) {
  const id = `0192f0c1-7a54-7c3e-8f10-00000000010${version}`;
  return {
    iat: Math.floor(Date.parse(at) / 1000),
    receipt_id: id,
    holder: 'customer',
    consent_record: {
      pii_processing: {
        privacy_notice: { sha256: notice },
        purposes: [
          {
            line: line.id,
            line_type: line.type,
            purpose: line.purposes,
            pii_information: line.attributes.map((attribute) => ({ pii_attribute_id: attribute })),
            touchpoints: line.touchpoints,
            retention_period: { duration: line.retention },
            recipient_third_parties: [],
            stages: line.stages,
            delivery: line.delivery,
            expires_at: line.expires_at,
          },
        ],
      },
      party_identification: [{ party_id: `https://broker.example/v1/retailers/${retailer}` }],
      event: { change: name },
    },
    consent: { id: consent, version, status, expires_at: line.expires_at, max_reads_per_day: null },
    audit: { entry: 'an id', leaf_hash: leafHash.toString('hex') },
  };
}

/** A key of receipts, as the broker has it. */
export function aReceiptSigner(): { jwk: object; sign(claims: object): string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', alg: 'ES256' },
    sign: (claims) => jwsOf(privateKey, claims),
  };
}

function jwsOf(key: KeyObject, claims: object): string {
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
  const signed = `${part({ alg: 'ES256', typ: 'consent-receipt+jwt', kid: 'key-1' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

export function claimsOf(jws: string): Row {
  return JSON.parse(Buffer.from(jws.split('.')[1] as string, 'base64url').toString());
}

/** The files of a bundle by their names, with a manifest that fits them. */
export function filesOf(parts: BundleParts): Map<string, string> {
  const lines = (rows: readonly Row[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const files = new Map<string, string>([
    ['README.md', 'How to verify it.\n'],
    ['policy', parts.log.policy],
    ['checkpoint', parts.checkpoint],
    ['checkpoints.ndjson', lines(parts.checkpoints)],
    ['keys.json', JSON.stringify(parts.keys)],
    ['log-keys.json', JSON.stringify(parts.logKeys)],
    ['entries.ndjson', lines(parts.entries)],
    ['receipts.ndjson', lines(parts.receipts)],
    ['versions.ndjson', lines(parts.versions)],
    ['disclosures.ndjson', lines(parts.disclosures)],
    ...Object.entries(parts.notices).map(([hash, text]) => [`notices/${hash}.json`, text] as const),
  ]);
  return withManifest(files, parts.consent);
}

/** The same files with a manifest of them. */
export function withManifest(files: ReadonlyMap<string, string>, about: string): Map<string, string> {
  const others = [...files].filter(([name]) => name !== 'manifest.json');
  const listed = others.map(([name, text]) => ({ name, sha256: hex(text), size: Buffer.byteLength(text) }));
  const manifest = { format: 'ccx-bundle-1', origin: 'log.example/log/v1', consent: about, files: listed };
  return new Map([['manifest.json', JSON.stringify(manifest)], ...others]);
}

/** Writes the files as the folder of a bundle. */
export function toFolder(folder: string, files: ReadonlyMap<string, string>): string {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Packs the files as the broker does. */
export async function toArchive(path: string, files: ReadonlyMap<string, string>): Promise<string> {
  const archive = pack();
  for (const [name, text] of files) archive.entry({ name: `ccx-bundle-${consent}/${name}` }, text);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  writeFileSync(path, gzipSync(Buffer.concat(chunks)));
  return path;
}
