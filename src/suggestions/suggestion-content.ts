import type { Draft } from '../preferences/draft.js';
import { open, seal } from '../platform/crypto/seal.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { Count } from './folds.js';
import type { RuleId } from './evidence.js';
import type { Conclusion, Held } from './presentation.js';
import type { Assessment } from './statistics.js';
import type { StoredSuggestion } from './suggestion.entity.js';

/** What is suggested and why, as it was when it was last looked at. */
export interface SuggestionContent extends Count {
  /** By what the same is known again. */
  readonly name: string;
  readonly rule: RuleId;
  readonly group: string;
  readonly draft: Draft;
  readonly assessment: Assessment;
  /** The version of what was known of other customers; null where nothing was. */
  readonly priors: string | null;
}

/** A suggestion, opened. */
export interface Suggestion {
  readonly stored: StoredSuggestion;
  readonly content: SuggestionContent;
}

export function contentOf({ name, candidate }: Conclusion, draft: Draft, priors: string | null): SuggestionContent {
  const { rule, ...found } = candidate;
  return { name, rule: rule.id, draft, priors, ...found };
}

export function heldOf({ stored, content }: Suggestion): Held {
  const { id, attribute, status } = stored;
  return { id, attribute, status, name: content.name, restsUntil: stored.restsUntil() };
}

export function sealContent(customer: CustomerKey, profileKey: Buffer, id: string, content: SuggestionContent): Buffer {
  return seal(profileKey, JSON.stringify(content), aadOf(customer, id));
}

/** @throws SealBrokenError */
export function openSuggestion(customer: CustomerKey, profileKey: Buffer, stored: StoredSuggestion): Suggestion {
  const content = JSON.parse(open(profileKey, stored.sealed, aadOf(customer, stored.id)).toString());
  return { stored, content: content as SuggestionContent };
}

function aadOf({ customerId }: CustomerKey, id: string): string {
  return `${customerId}|suggestion|${id}`;
}
