import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';

import type { FieldError } from '../platform/errors.js';
import { isTimestamp } from '../platform/http/timestamp.js';
import type { JsonObject, JsonValue } from '../platform/json.js';
import { type Stage, stages, type Touchpoint, touchpoints } from '../vocabulary/code-lists.js';
import { fieldErrors } from '../vocabulary/value-errors.js';
import type { EventType } from './event-type.js';
import {
  cloudEventType,
  CORRECTED,
  eventTypeNamed,
  eventTypeOf,
  eventTypes,
  keptTypeNames,
  VOIDED,
} from './event-types.js';

/** A valid event of a retailer, read from its CloudEvents form. */
export interface ReportedEvent {
  source: string;
  id: string;
  /** `transaction.completed`; of a correction, the kind of what it says. */
  type: string;
  /** The pairwise subject, or undefined where the token names the customer. */
  subject?: string;
  touchpoint: Touchpoint;
  stage: Stage;
  /** As the sender's clock had it. */
  time: Date;
  /** What the sender's clock showed when it sent the event. */
  sentTime?: Date;
  correlation?: string;
  /** The id of the event of the same source whose place it takes. */
  corrects?: string;
  /** All that was sent. What of it is kept is for `withheld` to say. */
  data: JsonObject;
}

export interface Read {
  event?: ReportedEvent;
  errors: FieldError[];
  /** What was ignored, in words for the sender. */
  warnings: string[];
  /** For the result, also where the event is not valid. */
  id: string | null;
  source: string | null;
}

const text = (maxLength: number): JsonObject => ({ type: 'string', minLength: 1, maxLength });
const instant: JsonObject = { type: 'string', format: 'date-time', maxLength: 40 };

/** The context attributes of CloudEvents 1.0 §3.1 that we read, and extensions of our own. */
export const envelopeSchema: JsonObject = {
  type: 'object',
  properties: {
    specversion: { type: 'string', const: '1.0' },
    id: { ...text(200), description: 'Your own id of the event: the same again is the same event.' },
    source: { ...text(200), format: 'uri-reference', description: 'Which of your systems reports it.' },
    type: { type: 'string', enum: eventTypes.map(({ name }) => cloudEventType(name)) },
    subject: { ...text(64), description: 'The `sub` by which you know the customer.' },
    time: { ...instant, description: 'When it happened.' },
    datacontenttype: { type: 'string', const: 'application/json' },
    dataschema: { ...text(500), format: 'uri', description: 'Taken, and not read.' },
    ccxtouchpoint: { type: 'string', enum: [...touchpoints] },
    ccxstage: { type: 'string', enum: [...stages] },
    ccxsenttime: { ...instant, description: 'What your clock showed when you sent it: corrects a clock that is off.' },
    ccxcorrects: { ...text(200), description: 'The `id` of the event of the same `source` whose place it takes.' },
    ccxcorrelation: { ...text(200), description: 'What ties events of one visit or one offer together.' },
    data: { type: 'object' },
  },
  required: ['specversion', 'id', 'source', 'type', 'time', 'ccxtouchpoint', 'data'],
};

/** The largest event, in bytes of JSON. */
export const LARGEST_EVENT = 262_144;

const known = new Set(Object.keys(envelopeSchema.properties as JsonObject));

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false });
// CommonJS under jest, an ES module default in production.
const addFormats = (addFormatsModule as unknown as { default?: typeof addFormatsModule }).default ?? addFormatsModule;
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
// Its own check of times lets some through that JavaScript cannot read: 17:42:00+01.
ajv.addFormat('date-time', isTimestamp);
const validEnvelope = ajv.compile(envelopeSchema);

/** Reads one event. Faults are pointed at within the event; unknown context attributes are ignored with a warning. */
export function readEvent(value: unknown): Read {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { errors: [{ pointer: '', detail: 'must be an event' }], warnings: [], id: null, source: null };
  }
  const raw = value as JsonObject;
  const id = typeof raw.id === 'string' ? raw.id.slice(0, 200) : null;
  const source = typeof raw.source === 'string' ? raw.source.slice(0, 200) : null;
  const warnings = Object.keys(raw)
    .filter((name) => !known.has(name))
    .slice(0, 20)
    .map((name) => `${name.slice(0, 50)} is not known and was ignored`);

  const sent = typeof raw.type === 'string' ? eventTypeOf(raw.type) : undefined;
  const correction = sent?.name === CORRECTED ? correctionOf(raw.data) : undefined;
  const { type, data } = correction ?? { type: sent, data: raw.data };
  const errors = [
    ...tooLarge(raw),
    ...faultsOf(validEnvelope, raw, ''),
    ...(sent ? faultsOf(dataCheck(sent), raw.data, '/data') : []),
    ...(correction ? faultsOf(dataCheck(correction.type), correction.data, '/data/data') : []),
    ...(sent ? correctingFaults(sent.name, raw) : []),
  ];
  if (errors.length > 0 || !type) return { errors, warnings, id, source };

  return {
    errors,
    warnings,
    id,
    source,
    event: {
      source: raw.source as string,
      id: raw.id as string,
      type: type.name,
      touchpoint: raw.ccxtouchpoint as Touchpoint,
      stage: (raw.ccxstage as Stage | undefined) ?? type.stage,
      time: new Date(raw.time as string),
      data: data as JsonObject,
      ...(raw.subject !== undefined && { subject: raw.subject as string }),
      ...(raw.ccxsenttime !== undefined && { sentTime: new Date(raw.ccxsenttime as string) }),
      ...(raw.ccxcorrects !== undefined && { corrects: raw.ccxcorrects as string }),
      ...(raw.ccxcorrelation !== undefined && { correlation: raw.ccxcorrelation as string }),
    },
  };
}

/** What the data of an `event.corrected` say that the event should have been; undefined when they do not. */
function correctionOf(value: JsonValue | undefined): { type: EventType; data: JsonValue } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { type: name, data } = value;
  const type = typeof name === 'string' && keptTypeNames.includes(name) ? eventTypeNamed(name) : undefined;
  return type && data !== undefined ? { type, data } : undefined;
}

function correctingFaults(sent: string, { id, ccxcorrects }: JsonObject): FieldError[] {
  const pointer = '/ccxcorrects';
  if (sent === CORRECTED && ccxcorrects === undefined) return [{ pointer, detail: 'is required for a correction' }];
  if (sent === VOIDED && ccxcorrects !== undefined) {
    return [{ pointer, detail: 'is not for a void: `data.id` names what it takes back' }];
  }
  return ccxcorrects !== undefined && ccxcorrects === id
    ? [{ pointer, detail: 'must be the id of another event' }]
    : [];
}

function tooLarge(raw: JsonObject): FieldError[] {
  const isTooLarge = Buffer.byteLength(JSON.stringify(raw)) > LARGEST_EVENT;
  return isTooLarge ? [{ pointer: '', detail: `must not be larger than ${LARGEST_EVENT} bytes` }] : [];
}

/** Compiled, once, when somebody first reports it: all types would be half a second of every start. */
function dataCheck({ data }: EventType): ValidateFunction {
  return ajv.compile(data);
}

/** A batch of thousands of faulty lines is told about the first of them. */
const MOST_ERRORS = 20;

function faultsOf(validate: ValidateFunction, value: unknown, base: string): FieldError[] {
  if (validate(value)) return [];
  // That a condition has failed says nothing beside what has failed in it.
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
  return fieldErrors(errors.slice(0, MOST_ERRORS)).map(({ pointer, detail }) => ({
    pointer: base + pointer,
    detail,
  }));
}
