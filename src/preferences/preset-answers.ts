import type { FieldError } from '../platform/errors.js';
import type { Draft } from './draft.js';
import type { Preset, PresetQuestion } from './presets.js';

/** By the id of a question the id of the answer, or those of several. As it comes in: nothing of it is trusted. */
export type GivenAnswers = Readonly<Record<string, unknown>>;

/** Naming a few of them tells enough. */
const MOST_UNKNOWN = 10;

/** What is wrong with the answers, with pointers into the request; empty when each question has its answer. */
export function checkAnswers({ questions }: Preset, given: GivenAnswers): FieldError[] {
  const unknown = Object.keys(given).filter((id) => !questions.some((question) => question.id === id));
  return [
    ...unknown
      .slice(0, MOST_UNKNOWN)
      .map((id) => ({ pointer: pointerTo(id), detail: 'is not a question of this preset' })),
    ...questions.flatMap((question) => {
      const detail = faultOf(question, chosen(given, question));
      return detail === null ? [] : [{ pointer: pointerTo(question.id), detail }];
    }),
  ];
}

/** What the answers come to, which have been checked. */
export function statementsOf({ questions, statements }: Preset, given: GivenAnswers): Draft[] {
  const answered = questions.flatMap((question) => {
    const ids = chosen(given, question);
    return question.answers.filter(({ id }) => ids.includes(id)).flatMap((answer) => answer.statements);
  });
  return [...answered, ...statements].map((statement) => ({ ...statement, applies_to: { level: 'everyone' } }));
}

/** As a JSON pointer has it (RFC 6901): what comes in may be called anything. */
function pointerTo(id: string): string {
  return `/answers/${id.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function chosen(given: GivenAnswers, { id }: PresetQuestion): unknown[] {
  return Object.hasOwn(given, id) ? [given[id]].flat() : [];
}

function faultOf({ most, answers }: PresetQuestion, ids: readonly unknown[]): string | null {
  const known = answers.map(({ id }) => id);
  if (ids.length === 0) return `must be answered: ${known.join(', ')}`;
  if (!ids.every((id) => known.some((one) => one === id))) return `must be of ${known.join(', ')}`;
  if (new Set(ids).size < ids.length) return 'must not name an answer twice';
  return ids.length > most ? `takes at most ${most} of the answers` : null;
}
