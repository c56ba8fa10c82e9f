import type { JsonObject } from '../platform/json.js';
import type { Stage, Touchpoint } from '../vocabulary/code-lists.js';

/** One kind of interaction that a retailer reports. */
export interface EventType<Name extends string = string> {
  /** `<noun>.<verb>`, as consents name it. */
  readonly name: Name;
  /** JSON Schema 2020-12 of `data`. */
  readonly data: JsonObject;
  /** The journey stage where an event names none. */
  readonly stage: Stage;
  readonly description: string;
  readonly example: { readonly touchpoint: Touchpoint; readonly corrects?: string; readonly data: JsonObject };
}
