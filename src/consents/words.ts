import { type Labels, stages } from '../vocabulary/code-lists.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { type AskedDetail, type DetailType, isReporting, type Item, itemsOf, recipientsOf } from './detail.js';
import { durationMs } from './duration.js';
import { eventTypeNames, eventTypeWords } from './event-types.js';
import { type Language, type Phrases, phrases } from './phrases.js';
import { type SpecialClass, specialClassKinds, specialClassWords } from './special-products.js';
import { spell, spellDate, spellList } from './spelling.js';

export interface CodeWords {
  code: string;
  label: string;
  sentence: string;
}

/** What a retailer may do under a line: read preferences, report events, or name special products in these. */
type Act = 'read' | 'report' | 'name';

function actOf(type: DetailType): Act {
  if (type === 'ccx_interactions_special') return 'name';
  return type === 'ccx_interactions' ? 'report' : 'read';
}

/** The words of one language for what one retailer asks for: labels of the vocabulary, never codes. */
export class Words {
  readonly say: Phrases;

  constructor(
    private readonly vocabulary: Vocabulary,
    readonly language: Language,
    readonly retailer: string,
  ) {
    this.say = phrases[language];
  }

  /** What will be shared, in one sentence. */
  item({ type, code }: Item): CodeWords {
    const label = this.itemLabel({ type, code });
    const { mayRead, mayReport, mayName } = this.say;
    const sentence = { read: mayRead, report: mayReport, name: mayName }[actOf(type)];
    return { code, label, sentence: sentence(this.retailer, label) };
  }

  /** What will no longer be shared, in one sentence. */
  removal({ type, code }: Item): CodeWords {
    const label = this.itemLabel({ type, code });
    const { noLongerReads, noLongerReports, noLongerNames } = this.say;
    const sentence = { read: noLongerReads, report: noLongerReports, name: noLongerNames }[actOf(type)];
    return { code, label, sentence: sentence(this.retailer, label) };
  }

  itemLabel({ type, code }: Item): string {
    const lists: Readonly<Record<Act, Labels | undefined>> = {
      read: this.vocabulary.attribute(code)?.labels,
      report: (eventTypeWords as Readonly<Record<string, Labels>>)[code],
      name: (specialClassWords as Readonly<Record<string, Labels>>)[code],
    };
    return lists[actOf(type)]?.[this.language] ?? code;
  }

  /** What an attribute or a class of products may reveal, where it is special. */
  revealed({ type, code }: Item): { yours: string; mine: string } | undefined {
    if (type === 'ccx_interactions_special') return this.say.reveals[specialClassKinds[code as SpecialClass]];
    const [, kind] = this.vocabulary.attribute(code)?.sensitivity.split(':') ?? [];
    return kind === undefined ? undefined : this.say.reveals[kind];
  }

  /** Everything that limits the line, or that it brings along, in one sentence each. */
  conditions(detail: AskedDetail, maxReadsPerDay: number | null): string[] {
    const { say, retailer } = this;
    if (isReporting(detail)) {
      return [
        ...this.mayReveal(detail),
        this.where(detail),
        ...this.inReports(detail),
        ...(detail.type === 'ccx_interactions' && detail.since !== undefined ? [this.history(detail.since)] : []),
        ...this.late(detail),
      ];
    }
    const recipients = recipientsOf(detail);
    return [
      ...this.mayReveal(detail),
      this.where(detail),
      ...this.when(detail),
      ...detail.delivery.flatMap((delivery) => say.delivery[delivery] ?? []),
      ...(maxReadsPerDay === null ? [] : [say.readsPerDay(retailer, maxReadsPerDay)]),
      this.kept(detail),
      ...(recipients.length > 0 ? [say.passesOn(retailer, spellList(recipients, this.language))] : []),
    ];
  }

  /** In reports of what special products are named; nothing of an ordinary line, whose items say it. */
  inReports(detail: AskedDetail): string[] {
    if (detail.type !== 'ccx_interactions_special') return [];
    const names = detail.event_types.map((type) => eventTypeNames[type][this.language]);
    return [this.say.inReports(spellList(names, this.language))];
  }

  /** For how long afterwards reports may still come; nothing, where they may not. */
  late({ late_reporting: time }: { late_reporting: string }): string[] {
    return durationMs(time) ? [this.say.late(this.spell(time))] : [];
  }

  where({ touchpoints }: AskedDetail): string {
    return this.say.where(this.labels('touchpoint', touchpoints));
  }

  /** Nothing, when it is at any time. */
  when(detail: { stages: readonly string[] }): string[] {
    return detail.stages.length < stages.length ? [this.say.when(this.labels('stage', detail.stages))] : [];
  }

  kept({ retention }: { retention: string }): string {
    const { say, retailer } = this;
    return durationMs(retention) ? say.keeps(retailer, this.spell(retention)) : say.keepsNothing(retailer);
  }

  code(list: string, code: string): CodeWords {
    const entry = this.vocabulary.release.code_lists[list]?.codes.find((known) => known.code === code);
    const label = entry?.labels[this.language] ?? entry?.labels.en ?? code;
    return { code, label, sentence: entry?.description?.[this.language] ?? label };
  }

  labels(list: string, codes: readonly string[]): string {
    return spellList(
      codes.map((code) => this.code(list, code).label),
      this.language,
    );
  }

  spell(duration: string): string {
    return spell(duration, this.language);
  }

  private mayReveal(detail: AskedDetail): string[] {
    return itemsOf(detail).flatMap((code) => {
      const what = this.revealed({ type: detail.type, code });
      return what ? [this.say.mayReveal(what.yours)] : [];
    });
  }

  private history(since: string): string {
    return durationMs(since) === null
      ? this.say.historySince(spellDate(since, this.language))
      : this.say.historyFor(this.spell(since));
  }
}
