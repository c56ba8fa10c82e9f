import { randomUUID } from 'node:crypto';

import { PreferencesAnswerDto } from './answer.dto.js';
import type { Answer, Occasion } from './answering.service.js';

const AT: string = randomUUID();
const DISCLOSURE_ID: string = randomUUID();

/** An answer as JSON, but for what is new each time it is given: when, and by which record. */
export class AnswerText {
  private constructor(
    private readonly before: string,
    private readonly between: string,
    private readonly after: string,
  ) {}

  static of(answer: Answer): AnswerText {
    const text = JSON.stringify({ ...PreferencesAnswerDto.of(answer), at: AT, disclosure_id: DISCLOSURE_ID });
    const [before, rest] = text.split(AT) as [string, string];
    const [between, after] = rest.split(DISCLOSURE_ID) as [string, string];
    return new AnswerText(before, between, after);
  }

  get length(): number {
    return this.before.length + this.between.length + this.after.length;
  }

  /** Byte for byte what `JSON.stringify` makes of the answer. */
  given({ at, disclosureId }: Pick<Occasion, 'at' | 'disclosureId'>): string {
    return this.before + at.toISOString() + this.between + disclosureId + this.after;
  }
}
