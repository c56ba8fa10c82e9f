import { createHash, type Hash } from 'node:crypto';

import { canonicalJson, type JsonObject } from '../platform/json.js';

export const EXPORT_FORMAT = 'ccx-export/1';
export const EXPORT_SCHEMA_PATH = '/schemas/export.json';
export const MANIFEST_TYPE = 'ccx-export+jwt';

export const exportKinds = ['everything', 'provided'] as const;
/** Everything that is held (GDPR Article 15), or what the customer provided (Article 20). */
export type ExportKind = (typeof exportKinds)[number];

/** What an export is. */
export interface ExportHeader {
  readonly format: typeof EXPORT_FORMAT;
  readonly schema: string;
  readonly kind: ExportKind;
  readonly broker: string;
  readonly created_at: string;
  /** The release of ccx-core under which the statements are written. */
  readonly vocabulary: string;
}

/** One line of an export: what it is, and the record. */
export interface ExportLine {
  readonly kind: string;
  readonly record: JsonObject;
}

/** The line as it is hashed: its canonical JSON (RFC 8785) and a line feed. In NDJSON it is also how it is sent. */
export function lineText({ kind, record }: ExportLine): string {
  return `${canonicalJson({ kind, record })}\n`;
}

/** What the manifest says of the lines before it. */
export interface ExportDigest {
  readonly records: number;
  readonly kinds: Readonly<Record<string, number>>;
  /** SHA-256 over all lines, in hex. */
  readonly sha256: string;
  /** The same over the lines of statements alone, so that these can be carried on without the rest. */
  readonly statements: { readonly count: number; readonly sha256: string };
}

/** Counts and hashes lines as they go by. */
export class LineDigest {
  private readonly kinds = new Map<string, number>();
  private readonly all: Hash = createHash('sha256');
  private readonly statements: Hash = createHash('sha256');

  add(line: ExportLine, text: string = lineText(line)): void {
    this.kinds.set(line.kind, (this.kinds.get(line.kind) ?? 0) + 1);
    this.all.update(text);
    if (line.kind === 'statement') this.statements.update(text);
  }

  digest(): ExportDigest {
    return {
      records: [...this.kinds.values()].reduce((sum, count) => sum + count, 0),
      kinds: Object.fromEntries([...this.kinds].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      sha256: this.all.digest('hex'),
      statements: { count: this.kinds.get('statement') ?? 0, sha256: this.statements.digest('hex') },
    };
  }
}
