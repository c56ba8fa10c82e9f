import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import { SigningKeys } from '../platform/crypto/signing-keys.js';
import { type FieldError, InvalidRequestError } from '../platform/errors.js';
import { isTimestamp } from '../platform/http/timestamp.js';
import { RequestValidationPipe } from '../platform/http/validation.js';
import type { JsonObject, JsonValue } from '../platform/json.js';
import { type Draft, statementOf } from '../preferences/draft.js';
import { Drafts } from '../preferences/drafts.js';
import { type AppliesTo, type Origin, provenances } from '../preferences/preference.js';
import { NewPreferenceDto } from '../preferences/statements.dto.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { upcast } from '../vocabulary/upcast.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { type CsvMapping, mapRow, usedColumns } from './csv-mapping.js';
import type { CsvTable } from './csv-table.js';
import { type ReadExport, type Unverified, verifyExport } from './export-reader.js';
import type { Candidate, PlaceInFile } from './import-plan.js';
import { ImportTooLargeError } from './imports.errors.js';
import { retailerFinder } from './retailer-finder.js';
import type { RetailerReference } from './statements.js';

/** The most that one file may state: as much as a profile holds. */
export const MOST_STATEMENTS = 1000;
/** Twice as many as a statement can have, its value apart. */
const MOST_MEMBERS = 100;
/** How far the clock of another broker may be ahead. */
const CLOCKS_DIFFER_MS = 300_000;

/** What a table holds beside its statements. */
export interface TableReport {
  readonly lines: number;
  /** The lines of which nothing came. */
  readonly without_statement: readonly number[];
  readonly unused_columns: readonly string[];
}

/** A file, judged line by line without a look at the profile. */
export interface ReadFile {
  readonly source: string;
  /** Of an export: whether its signature is known to be good; null where there is none. */
  readonly verification: ReadExport['verification'] | null;
  readonly candidates: readonly Candidate[];
  readonly table?: TableReport;
}

/** Something that a file states, before it is judged. */
type Given = PlaceInFile &
  (
    | { readonly statement: JsonObject; readonly original?: JsonValue }
    | { readonly invalid: readonly FieldError[] }
    | { readonly unknownRetailer: RetailerReference }
  );

/** Makes of files what a profile can take in. */
@Injectable()
export class ImportReader {
  private readonly validation = new RequestValidationPipe();

  constructor(
    private readonly drafts: Drafts,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly signingKeys: SigningKeys,
    private readonly clock: Clock,
  ) {}

  /** @throws ExportUnreadableError @throws ExportChangedError @throws ImportTooLargeError */
  async readExport(file: Unverified, retailers: ReadonlyMap<string, string>): Promise<ReadFile> {
    const { broker, verification, vocabulary, statements } = await verifyExport(file, (kid) =>
      this.signingKeys.keptVerificationKey(kid),
    );
    refuseTooMany(statements);
    const find = await retailerFinder(this.retailers, statements.flatMap(retailerIn), retailers);
    const given = statements.map((statement, index): Given => {
      const place = { number: index + 1 };
      const { provenance, ...rest } = statement;
      const today = understood(rest, vocabulary, this.vocabularies.current());
      if (!today) return { ...place, invalid: [{ pointer: '/attribute', detail: 'means nothing any more' }] };
      const [retailer] = retailerIn(statement);
      if (!retailer) return { ...place, statement: today, original: provenance ?? null };
      const id = find(retailer);
      if (!id) return { ...place, unknownRetailer: retailer };
      return {
        ...place,
        statement: { ...today, applies_to: { level: 'retailer', retailer_id: id } },
        original: provenance ?? null,
      };
    });
    // What was said elsewhere goes on being said: an attribute that is deprecated here is no hindrance.
    const candidates = await this.judge(given, { revising: true });
    return { source: broker, verification, candidates };
  }

  /**
   * @param appliesTo To whom all of it is to apply.
   * @throws InvalidRequestError @throws ImportTooLargeError
   */
  async readTable(table: CsvTable, mapping: CsvMapping, source: string, appliesTo: AppliesTo): Promise<ReadFile> {
    const used = usedColumns(mapping, table);
    const given: Given[] = [];
    const without: number[] = [];
    for (const row of table.rows) {
      const place = () => ({ number: given.length + 1, line: row.line });
      const tooMany = row.cells.length - table.header.length;
      if (tooMany > 0) {
        given.push({ ...place(), invalid: [{ pointer: '', detail: `has ${tooMany} cells more than the header` }] });
        continue;
      }
      const mapped = mapRow(mapping, table, row);
      if (mapped.length === 0) without.push(row.line);
      for (const one of mapped) {
        const { attribute, strength } = one.rule;
        given.push(
          'fault' in one
            ? { ...place(), invalid: [one.fault] }
            : { ...place(), statement: { attribute, strength, value: one.value, applies_to: { ...appliesTo } } },
        );
      }
      refuseTooMany(given);
    }
    return {
      source,
      verification: null,
      candidates: await this.judge(given, { revising: false }),
      table: {
        lines: table.rows.length,
        without_statement: without,
        unused_columns: table.header.filter((_, index) => !used.has(index)),
      },
    };
  }

  private async judge(all: readonly Given[], how: { revising: boolean }): Promise<Candidate[]> {
    const drafts = await Promise.all(all.map(async (given) => ('statement' in given ? this.draftOf(given) : [])));
    const wellFormed = drafts.filter((draft): draft is Draft => !Array.isArray(draft));
    const faults = await this.faultsOf(wellFormed, how);
    const vocabulary = this.vocabularies.current();
    return all.map((given, index): Candidate => {
      const place = { number: given.number, ...(given.line !== undefined && { line: given.line }) };
      if (!('statement' in given)) return given;
      const draft = drafts[index]!;
      if (Array.isArray(draft)) return { ...place, invalid: draft };
      const invalid = faults.get(draft);
      return invalid ? { ...place, invalid } : { ...place, statement: statementOf(draft, vocabulary) };
    });
  }

  /** The draft, or what is wrong with its form. */
  private async draftOf({ statement, original }: { statement: JsonObject; original?: JsonValue }) {
    const { value, ...around } = statement;
    // A file has room for so many that looking at each of them would take minutes.
    if (membersIn(around) > MOST_MEMBERS) return [{ pointer: '', detail: 'has more members than any statement' }];
    try {
      const metadata = { type: 'body', metatype: NewPreferenceDto } as const;
      // The value is for the vocabulary to judge, and is not taken apart before.
      const form = isObject(value) ? { ...around, value: {} } : statement;
      const said = ((await this.validation.transform(form, metadata)) as NewPreferenceDto).toDraft();
      const draft = isObject(value) ? { ...said, value } : said;
      return original === undefined ? draft : { ...draft, original: originOf(original, this.clock.now()) };
    } catch (error) {
      if (error instanceof InvalidRequestError) return [...(error.errors ?? [])];
      throw error;
    }
  }

  private async faultsOf(drafts: readonly Draft[], how: { revising: boolean }): Promise<Map<Draft, FieldError[]>> {
    const faults = new Map<Draft, FieldError[]>();
    const pointers = drafts.map((_, index) => `/${index}`);
    for (const { pointer, detail } of await this.drafts.faultsOf(drafts, pointers, how)) {
      const [, index = '', ...path] = pointer.split('/');
      const draft = drafts[Number(index)]!;
      const fault = { pointer: path.map((part) => `/${part}`).join(''), detail };
      faults.set(draft, [...(faults.get(draft) ?? []), fault]);
    }
    return faults;
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject | JsonValue[] {
  return typeof value === 'object' && value !== null;
}

/** How many there are at whatever depth. */
function membersIn(value: JsonObject | JsonValue[]): number {
  return Object.values(value).reduce<number>((sum, part) => sum + 1 + (isObject(part) ? membersIn(part) : 0), 0);
}

function refuseTooMany(statements: readonly unknown[]): void {
  if (statements.length > MOST_STATEMENTS) throw new ImportTooLargeError('statements', MOST_STATEMENTS);
}

/** The retailer to whom alone a statement of an export applies. */
function retailerIn({ applies_to }: JsonObject): RetailerReference[] {
  const { level, retailer } = (applies_to ?? {}) as { level?: unknown; retailer?: Partial<RetailerReference> };
  if (level !== 'retailer' || typeof retailer?.website !== 'string' || typeof retailer.name !== 'string') return [];
  return [{ website: retailer.website, name: retailer.name }];
}

/** A statement of an older release as it is understood today; null when it means nothing any more. */
function understood(statement: JsonObject, version: string, vocabulary: Vocabulary): JsonObject | null {
  const { attribute, value } = statement;
  if (typeof attribute !== 'string' || value === undefined) return statement;
  type Statable = Parameters<typeof upcast<JsonObject & Pick<Draft, 'attribute' | 'value' | 'strength'>>>[0];
  return vocabulary
    .upcastsSince(version)
    .reduce<Statable | null>((earlier, upcasts) => earlier && upcast(earlier, upcasts), statement as Statable);
}

/** @throws InvalidRequestError */
function originOf(value: JsonValue, now: Date): Origin {
  const { kind, source, at } = (value ?? {}) as { kind?: unknown; source?: unknown; at?: unknown };
  const known = provenances.find((one) => one === kind);
  if (!known) throw fault('/provenance/kind', `must be ${provenances.join(', ')}`);
  if (typeof source !== 'string' || source.length > 200) throw fault('/provenance/source', 'must be a short text');
  if (!isTimestamp(at)) throw fault('/provenance/at', 'must be a time as RFC 3339 writes it');
  // What is newer holds: something from the future would hold for ever.
  if (Date.parse(at) > now.getTime() + CLOCKS_DIFFER_MS) throw fault('/provenance/at', 'is in the future');
  return { kind: known, source, at };
}

const fault = (pointer: string, detail: string) => new InvalidRequestError([{ pointer, detail }]);
