import { Injectable } from '@nestjs/common';

import type { CustomerKey } from '../platform/customer-key.js';
import { InvalidRequestError } from '../platform/errors.js';
import type { Actor } from '../platform/http/access.js';
import { canonicalJson } from '../platform/json.js';
import type { Difference, Settle } from './adopt.js';
import type { Statement } from './draft.js';
import { Drafts } from './drafts.js';
import type { Preference } from './preference.js';
import { PresetNotFoundError } from './preferences.errors.js';
import { PreferencesService } from './preferences.service.js';
import { checkAnswers, type GivenAnswers, statementsOf } from './preset-answers.js';
import { type Preset, presets } from './presets.js';

export interface PresetChoice {
  readonly answers: GivenAnswers;
  /** Only tell what would come of it. */
  readonly dryRun: boolean;
  /** Put what the preset says in the place of what the customer has stated. */
  readonly replace: boolean;
}

export const presetOutcomes = ['added', 'replaced', 'kept', 'unchanged'] as const;
/** `kept`: the customer had stated something else, which stays. `unchanged`: they had stated just that. */
export type PresetOutcome = (typeof presetOutcomes)[number];

/** What became, or would become, of one statement of a preset. */
export interface PresetEffect {
  readonly outcome: PresetOutcome;
  readonly statement: Pick<Statement, 'attribute' | 'key' | 'value' | 'strength'>;
  /** What the customer had stated; null when nothing. */
  readonly before: Preference | null;
  /** The preference that holds now; null when there would be a new one. */
  readonly preferenceId: string | null;
}

/** Ways of shopping that fill in a few preferences at once. */
@Injectable()
export class PresetsService {
  constructor(
    private readonly preferences: PreferencesService,
    private readonly drafts: Drafts,
  ) {}

  list(): readonly Preset[] {
    return presets;
  }

  /**
   * States what the preset comes to, all of it at once, or tells what that would be. Doing it again changes nothing.
   *
   * @throws PresetNotFoundError @throws InvalidRequestError @throws TooManyPreferencesError @throws CategoryFullError
   */
  async apply(customer: CustomerKey, id: string, choice: PresetChoice, actor: Actor): Promise<PresetEffect[]> {
    const preset = presets.find((one) => one.id === id);
    if (!preset) throw new PresetNotFoundError(id);
    const faults = checkAnswers(preset, choice.answers);
    if (faults.length > 0) throw new InvalidRequestError(faults);
    const drafts = statementsOf(preset, choice.answers);
    const statements = await this.drafts.checked(
      drafts,
      drafts.map(() => '/answers'),
    );

    const { dryRun, replace } = choice;
    const settle: Settle = (held, statement) => (replace && !saysTheSame(held, statement) ? 'replace' : 'keep');
    const author = { actor, provenance: { kind: 'stated', source: `preset:${id}` } } as const;
    const difference = await this.preferences.adopt(customer, statements, author, { settle, dryRun });
    return effectsOf(difference, dryRun);
  }
}

function effectsOf({ added, replaced, kept }: Difference, dryRun: boolean): PresetEffect[] {
  return [
    ...added.map((is) => effect('added', is, null, dryRun ? null : is.id)),
    ...replaced.map(({ was, is }) => effect('replaced', is, was, is.id)),
    ...kept.map(({ held, statement }) =>
      effect(saysTheSame(held, statement) ? 'unchanged' : 'kept', statement, held, held.id),
    ),
  ];
}

function effect(
  outcome: PresetOutcome,
  { attribute, key, value, strength }: PresetEffect['statement'],
  before: Preference | null,
  preferenceId: string | null,
): PresetEffect {
  return { outcome, statement: { attribute, key, value, strength }, before, preferenceId };
}

/** Whether a preference says what the statement says, in force and without an end. */
function saysTheSame(held: Preference, statement: Statement): boolean {
  const said = ({ value, strength, weight, valid_from, valid_until }: Omit<Statement, 'key'>) =>
    canonicalJson([value, strength, weight ?? null, valid_from ?? null, valid_until ?? null]);
  return held.status === 'active' && said(held) === said(statement);
}
