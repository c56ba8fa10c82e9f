/** What the service says of one event. */
export interface Result {
  readonly id: string | null;
  readonly outcome: string;
  readonly code?: string;
  readonly detail?: string;
}

/** What became of the events that were sent. */
export class Outcomes {
  sent = 0;
  stored = 0;
  duplicate = 0;
  /** Conflicts and rejections, by the code of their problem. */
  readonly refused = new Map<string, number>();
  /** The first of each code, for people to look at. */
  readonly examples = new Map<string, string>();

  /** @param result that of the event, if there is one */
  add(id: string, result: Result | undefined): void {
    this.sent++;
    if (result?.id !== id) this.refuse('unanswered', id);
    else if (result.outcome === 'stored') this.stored++;
    else if (result.outcome === 'duplicate') this.duplicate++;
    else this.refuse(result.code ?? result.outcome, `${id}: ${result.detail ?? ''}`);
  }

  private refuse(code: string, example: string): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
    if (!this.examples.has(code)) this.examples.set(code, example);
  }
}
