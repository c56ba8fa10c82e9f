import type { JsonObject, JsonValue } from '../platform/json.js';
import { envelopeSchema } from './cloud-event.js';
import { currency, line, product } from './event-schemas.js';
import type { EventType } from './event-type.js';
import { cloudEventType, CORRECTED, eventTypeNamed, eventTypes, keptTypeNames, VOIDED } from './event-types.js';

/** How a document refers to the schema of some data. */
type DataSchema = (type: EventType) => JsonObject;

/** The JSON Schema 2020-12 of a whole event of a kind: around the data, and the data. */
export function eventSchemaOf(type: EventType, dataOf: DataSchema = ({ data }) => data): JsonObject {
  const { properties, required, ...envelope } = envelopeSchema as Readonly<Record<string, JsonValue>>;
  const isCorrection = type.name === CORRECTED;
  return {
    ...envelope,
    title: type.name,
    description: type.description,
    properties: {
      ...(properties as JsonObject),
      type: { type: 'string', const: cloudEventType(type.name) },
      data: isCorrection ? correctionOf(type, dataOf) : dataOf(type),
    },
    required: [...(required as string[]), ...(isCorrection ? ['ccxcorrects'] : [])],
  };
}

/** Parts that many kinds have. */
const shared = new Map<JsonValue, string>([
  [product, 'EventProduct'],
  [line, 'EventLine'],
  [currency, 'EventCurrency'],
]);

/** All kinds as one schema for the API description: each is a component by itself, and so are its data and their parts. */
export const anyEventSchema: JsonObject = {
  'x-component': 'InteractionEvent',
  type: 'object',
  oneOf: eventTypes.map((type) => ({
    'x-component': componentOf(type, 'Event'),
    ...eventSchemaOf(type, (kind) => ({ 'x-component': componentOf(kind, 'Data'), ...withParts(kind.data) })),
  })),
  discriminator: {
    propertyName: 'type',
    mapping: Object.fromEntries(
      eventTypes.map((type) => [cloudEventType(type.name), `#/components/schemas/${componentOf(type, 'Event')}`]),
    ),
  },
};

/** What a correction holds: a kind, and the data of just that kind. */
function correctionOf({ data }: EventType, dataOf: DataSchema): JsonObject {
  const kinds = keptTypeNames.filter((name) => name !== VOIDED).map((name) => eventTypeNamed(name) as EventType);
  return {
    ...data,
    oneOf: kinds.map((kind) => ({
      properties: { type: { const: kind.name }, data: dataOf(kind) },
      required: ['type', 'data'],
    })),
  };
}

/** The same schema, with each shared part marked as a component. */
function withParts(schema: JsonObject): JsonObject {
  const members = Object.entries(schema).map(([name, value]) => [name, marked(value)] as const);
  return Object.fromEntries(members);
}

function marked(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== 'object' || value === null) return value;
  const name = shared.get(value);
  return { ...(name !== undefined && { 'x-component': name }), ...withParts(value) };
}

/** `transaction.completed` as the name of a component: TransactionCompleted, and what it is of. */
function componentOf({ name }: EventType, what: 'Event' | 'Data'): string {
  const words = name.split(/[._]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return words.join('') + what;
}
