import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { SigningKeys } from '../platform/crypto/signing-keys.js';
import { Database } from '../platform/database/database.js';
import { actorOf, type CustomerPrincipal } from '../platform/http/access.js';
import type { AnswerLanguage } from '../platform/http/language.js';
import { assertRecentSignIn } from '../platform/http/recent-sign-in.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { JsonObject } from '../platform/json.js';
import { PersonalData } from '../platform/personal-data.js';
import { PreferenceDocuments } from '../preferences/preference-documents.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { ExportInformation } from './export-information.js';
import {
  EXPORT_FORMAT,
  EXPORT_SCHEMA_PATH,
  type ExportHeader,
  type ExportKind,
  type ExportLine,
  LineDigest,
  lineText,
  MANIFEST_TYPE,
} from './export-lines.js';
import { portableStatements } from './statements.js';
import { summaryPage } from './summary.page.js';
import { SummaryTally } from './summary-tally.js';

/** An export under way: lines as they are hashed, and at its end what was signed over them. */
export type ExportLines = AsyncGenerator<string, string>;

export const SUMMARY_MEDIA_TYPE = 'text/html; charset=utf-8';

/** In which language a summary is made, and whose days and months it counts. */
export interface SummaryView {
  readonly language: AnswerLanguage;
  readonly timeZone: string;
}

/** Hands customers what is held of them. */
@Injectable()
export class ExportService {
  constructor(
    private readonly database: Database,
    private readonly personalData: PersonalData,
    private readonly documents: PreferenceDocuments,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly signingKeys: SigningKeys,
    private readonly audit: AuditService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins an export, which is recorded before anything leaves. Lines are read as they are asked for, page by page and
   * each page by itself, so that a slow reader holds neither memory nor a connection.
   *
   * @returns the lines, each with its line feed, and the manifest (a JWS) as what the generator returns
   * @throws RecentSignInRequiredError
   */
  async begin(principal: CustomerPrincipal, kind: ExportKind, view: SummaryView): Promise<ExportLines> {
    const at = await this.record(principal, kind);
    const { issuer } = this.config;
    const header: ExportHeader = {
      format: EXPORT_FORMAT,
      schema: issuer + EXPORT_SCHEMA_PATH,
      kind,
      broker: issuer,
      created_at: at.toISOString(),
      vocabulary: this.vocabularies.current().version,
    };
    return this.signed(principal.customer, header, view);
  }

  /**
   * The page with pictures alone, over all that an export would hold, which is recorded as well.
   *
   * @throws RecentSignInRequiredError
   */
  async summary(principal: CustomerPrincipal, view: SummaryView): Promise<string> {
    const at = await this.record(principal, 'summary');
    const tally = new SummaryTally(view.timeZone);
    for await (const exported of this.personalData.export(this.database.reader, principal.customer)) {
      tally.add(exported);
    }
    return this.page(tally, view, at);
  }

  /** Writes down that the customer takes their data along, before they get it. Answers when that was. */
  private async record(principal: CustomerPrincipal, kind: ExportKind | 'summary'): Promise<Date> {
    const at = this.clock.now();
    assertRecentSignIn(principal, at);
    const { customer } = principal;
    await this.database.transaction((tx) =>
      this.audit.append(tx, { type: 'export.made', at, actor: actorOf(principal), customer, data: { kind } }),
    );
    return at;
  }

  private async page(tally: SummaryTally, { language, timeZone }: SummaryView, at: Date): Promise<string> {
    const summary = tally.summary();
    const names = await this.retailers.describe(summary.readers.map(({ code }) => code));
    return summaryPage(summary, { language, timeZone, at, nameOf: (id) => names.get(id)?.name ?? id });
  }

  private async *signed(customer: CustomerKey, header: ExportHeader, view: SummaryView): ExportLines {
    const digest = new LineDigest();
    for await (const line of this.lines(customer, header, view)) {
      const text = lineText(line);
      digest.add(line, text);
      yield text;
    }
    const { broker, created_at, ...about } = header;
    return this.signingKeys.signToKeep(MANIFEST_TYPE, {
      iss: broker,
      iat: Math.floor(Date.parse(created_at) / 1000),
      ...about,
      ...(digest.digest() as unknown as JsonObject),
    });
  }

  private async *lines(customer: CustomerKey, header: ExportHeader, view: SummaryView): AsyncGenerator<ExportLine> {
    yield { kind: 'header', record: { ...header } };
    for (const record of await this.statementsOf(customer)) yield { kind: 'statement', record };

    const information = new ExportInformation();
    const tally = new SummaryTally(view.timeZone);
    for await (const exported of this.personalData.export(this.database.reader, customer)) {
      if (header.kind === 'provided' && !exported.provided) continue;
      information.add(exported);
      tally.add(exported);
      yield exported;
    }
    if (header.kind !== 'everything') return;
    yield { kind: 'information', record: await information.record((ids) => this.retailers.describe(ids)) };
    const content = await this.page(tally, view, new Date(header.created_at));
    const { language, timeZone: time_zone } = view;
    yield { kind: 'summary', record: { media_type: SUMMARY_MEDIA_TYPE, language, time_zone, content } };
  }

  private async statementsOf(customer: CustomerKey): Promise<JsonObject[]> {
    const documents = await this.documents.of(this.database.reader, customer);
    const preferences = documents.flatMap((document) => document.preferences);
    const ids = preferences.flatMap(({ applies_to }) =>
      applies_to.level === 'retailer' ? [applies_to.retailer_id] : [],
    );
    return portableStatements(preferences, await this.retailers.describe(ids));
  }
}
