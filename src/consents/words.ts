import { type Labels, stages } from '../vocabulary/code-lists.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { type AskedDetail, type Item, recipientsOf } from './detail.js';
import { durationMs } from './duration.js';
import { eventTypeWords } from './event-types.js';
import { type Language, type Phrases, phrases } from './phrases.js';
import { spell, spellDate, spellList } from './spelling.js';

export interface CodeWords {
  code: string;
  label: string;
  sentence: string;
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
    const { mayRead, mayReport } = this.say;
    const sentence = type === 'ccx_interactions' ? mayReport : mayRead;
    return { code, label, sentence: sentence(this.retailer, label) };
  }

  /** What will no longer be shared, in one sentence. */
  removal({ type, code }: Item): CodeWords {
    const label = this.itemLabel({ type, code });
    const { noLongerReads, noLongerReports } = this.say;
    const sentence = type === 'ccx_interactions' ? noLongerReports : noLongerReads;
    return { code, label, sentence: sentence(this.retailer, label) };
  }

  itemLabel({ type, code }: Item): string {
    return type === 'ccx_interactions'
      ? ((eventTypeWords as Readonly<Record<string, Labels>>)[code]?.[this.language] ?? code)
      : (this.vocabulary.attribute(code)?.labels[this.language] ?? code);
  }

  /** What an attribute may reveal, where it is special. */
  revealed(attribute: string): { yours: string; mine: string } | undefined {
    const [, kind] = this.vocabulary.attribute(attribute)?.sensitivity.split(':') ?? [];
    return kind === undefined ? undefined : this.say.reveals[kind];
  }

  /** Everything that limits the line, or that it brings along, in one sentence each. */
  conditions(detail: AskedDetail, maxReadsPerDay: number | null): string[] {
    const { say, retailer } = this;
    if (detail.type === 'ccx_interactions') {
      return [
        this.where(detail),
        ...(detail.since === undefined ? [] : [this.history(detail.since)]),
        ...(durationMs(detail.late_reporting) ? [say.late(this.spell(detail.late_reporting))] : []),
      ];
    }
    const recipients = recipientsOf(detail);
    return [
      ...detail.attributes.flatMap((attribute) => {
        const what = this.revealed(attribute);
        return what ? [say.mayReveal(what.yours)] : [];
      }),
      this.where(detail),
      ...this.when(detail),
      ...detail.delivery.flatMap((delivery) => say.delivery[delivery] ?? []),
      ...(maxReadsPerDay === null ? [] : [say.readsPerDay(retailer, maxReadsPerDay)]),
      this.kept(detail),
      ...(recipients.length > 0 ? [say.passesOn(retailer, spellList(recipients, this.language))] : []),
    ];
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

  private history(since: string): string {
    return durationMs(since) === null
      ? this.say.historySince(spellDate(since, this.language))
      : this.say.historyFor(this.spell(since));
  }
}
