import type { Attribute } from './attribute.js';
import type { CodeList } from './code-lists.js';
import type { Upcast } from './upcast.js';

/** A released vocabulary, exactly as it is published. What was released never changes. */
export interface Release {
  readonly name: string;
  /** Semantic: labels raise the patch, new attributes the minor, anything tighter the major. */
  readonly version: string;
  readonly released_on: string;
  readonly languages: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly code_lists: Readonly<Record<string, CodeList>>;
  /** How what was stated under the release before is understood under this one. Only a major has any. */
  readonly upcasts?: readonly Upcast[];
}
