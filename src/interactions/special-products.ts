import { type SpecialClass, specialClasses } from '../consents/special-products.js';
import type { JsonObject, JsonValue } from '../platform/json.js';
import type { ReportedEvent } from './cloud-event.js';
import { WITHHELD } from './event-schemas.js';
import { classOfGpc } from './gpc.js';

/** What of an event may be kept. */
export interface Kept {
  readonly data: JsonObject;
  /** Of which classes something was left out, each once. */
  readonly withheld: readonly SpecialClass[];
}

/** What of an event is kept where the customer has consented to no special class: the content hash is taken over it. */
export const NO_SPECIAL: ReadonlySet<SpecialClass> = new Set();

/**
 * Beside a product these tell what it is: catalogues are searched by price. How many there were stays, and so does the
 * total, by which customers know a purchase again.
 */
const tellTale = new Set(['unit', 'unit_price', 'discount', 'fit']);

/**
 * Takes out of an event's data what tells of health, pregnancy or intimacy, unless the customer has consented to just
 * this class: of such a product or department nothing is left but `category: withheld`. One is special when the
 * retailer says so, or by its GS1 classification.
 */
export function withheld({ data }: Pick<ReportedEvent, 'data'>, mayKeep: ReadonlySet<SpecialClass>): Kept {
  // Hardly any event has such a product: nothing is copied of the others.
  if (!mayHaveSpecials(data)) return { data, withheld: [] };
  const left = new Set<SpecialClass>();
  const kept = within(data, (special) => {
    if (!mayKeep.has(special)) left.add(special);
    return !mayKeep.has(special);
  });
  return { data: kept as JsonObject, withheld: specialClasses.filter((special) => left.has(special)) };
}

/** What the sender of an event is told of what was left out of it. */
export function withheldWarning(classes: readonly SpecialClass[]): string[] {
  return classes.map(
    (special) =>
      `products of the class ${special} are withheld without a consent to just that (ccx_interactions_special)`,
  );
}

/** Of which class a product or department is, or null when it is nothing special. */
export function specialClassOf({ special, gpc }: JsonObject): SpecialClass | null {
  if (typeof special === 'string') return special as SpecialClass;
  return typeof gpc === 'string' ? classOfGpc(gpc) : null;
}

/** Whether something was left out of an event that is kept. */
export function hasWithheld(data: JsonValue): boolean {
  if (Array.isArray(data)) return data.some(hasWithheld);
  if (!isObject(data)) return false;
  return isWithheld(data) || Object.values(data).some(hasWithheld);
}

function mayHaveSpecials(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.some(mayHaveSpecials);
  if (!isObject(value)) return false;
  if (specialClassOf(value) !== null || value.category === WITHHELD) return true;
  for (const name of Object.keys(value)) if (mayHaveSpecials(value[name] as JsonValue)) return true;
  return false;
}

function within(value: JsonValue, isLeftOut: (special: SpecialClass) => boolean): JsonValue {
  if (Array.isArray(value)) return value.map((entry) => within(entry, isLeftOut));
  if (!isObject(value)) return value;
  const special = specialClassOf(value);
  if (special && isLeftOut(special)) return { category: WITHHELD };

  const members = Object.entries(value).map(([name, member]) => [name, within(member, isLeftOut)] as const);
  const isBesideWithheld = members.some(([name, member]) => name === 'product' && isWithheld(member));
  return Object.fromEntries(isBesideWithheld ? members.filter(([name]) => !tellTale.has(name)) : members);
}

function isWithheld(value: JsonValue): boolean {
  return isObject(value) && value.category === WITHHELD && Object.keys(value).length === 1;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
