import type { JsonObject, JsonValue } from '../platform/json.js';
import { days, levels, provenances } from '../preferences/preference.js';
import { strengths } from '../vocabulary/attribute.js';
import { sectors, stages, touchpoints } from '../vocabulary/code-lists.js';
import { EXPORT_FORMAT, exportKinds } from './export-lines.js';

/** Where the schema is committed, from the root of the repository. It is served at `EXPORT_SCHEMA_PATH`. */
export const EXPORT_SCHEMA_FILE = 'openapi/export.schema.json';

type Members = Record<string, JsonValue>;

/** An object of these members; those after the first are optional. Readers ignore members that they do not know. */
function object(description: string, required: Members, optional: Members = {}): JsonObject {
  return { description, type: 'object', required: Object.keys(required), properties: { ...required, ...optional } };
}

const text = (description: string): JsonObject => ({ type: 'string', description });
const codes = (values: readonly string[]): JsonObject => ({ enum: [...values] });
const list = (values: readonly string[]): JsonObject => ({ type: 'array', minItems: 1, items: codes(values) });
const uri: JsonObject = { type: 'string', format: 'uri' };
const instant: JsonObject = { type: 'string', format: 'date-time' };
const sha256: JsonObject = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const count: JsonObject = { type: 'integer', minimum: 0 };
const line = (kind: JsonObject, record: JsonObject): JsonObject => ({
  type: 'object',
  required: ['kind', 'record'],
  properties: { kind, record },
  additionalProperties: false,
});
const ref = (name: string): JsonObject => ({ $ref: `#/$defs/${name}` });

const header = object('What the export is. It comes first.', {
  format: { const: EXPORT_FORMAT },
  schema: uri,
  kind: {
    ...codes(exportKinds),
    description: 'All that is held (GDPR Article 15), or what the customer provided (20).',
  },
  broker: { ...uri, description: 'The broker that made it; its published keys verify the manifest.' },
  created_at: instant,
  vocabulary: text('The release of ccx-core under which the statements are written.'),
});

const appliesTo = object(
  'To whom it applies. A retailer is named as every broker can find it.',
  { level: codes(levels) },
  {
    sector: codes(sectors),
    retailer: object('The retailer, for the level `retailer`.', { website: uri, name: { type: 'string' } }),
  },
);

const context = object(
  'When it holds; all that is named must match.',
  {},
  {
    stage: list(stages),
    touchpoint: list(touchpoints),
    place: object(
      'Where.',
      {},
      {
        country: text('ISO 3166-1 alpha-2.'),
        region: text('ISO 3166-2.'),
        store: text('A store, as its retailer calls it.'),
      },
    ),
    time: object(
      'Hours on the clock on the wall.',
      { time_zone: text('Of the IANA database.') },
      {
        from: text('Inclusive.'),
        to: text('Exclusive.'),
        days: list(days),
      },
    ),
    occasion: { type: 'string' },
  },
);

const statement = object(
  'One statement of the customer, without anything that belongs to one broker. The order of the statements counts: of ' +
    'equally specific ones the later one holds.',
  {
    attribute: text('A path of the vocabulary.'),
    value: { description: 'As the attribute’s `value_schema` asks for.' },
    strength: codes(strengths),
    applies_to: appliesTo,
    provenance: object(
      'How, from whom and when it was stated, before it was carried anywhere. Of a statement that was imported it is what ' +
        'the file of the other broker said (`original` in the record of the preference), unverified unless the record of ' +
        'the import says `verified`: the signature of this export vouches for what the broker holds, not for who said ' +
        'it first.',
      { kind: codes(provenances), source: { type: 'string' }, at: instant },
    ),
  },
  {
    weight: { type: 'integer', minimum: 1, maximum: 100 },
    context,
    override: { const: true },
    valid_from: instant,
    valid_until: instant,
    review_after: instant,
  },
);

const manifest = object(
  'The payload of the manifest: a JWS (RFC 7515) with `typ` `ccx-export+jwt`, signed with ES256 by a key that stays in ' +
    '`/oauth/jwks` of its `iss` for ever.',
  {
    iss: uri,
    iat: count,
    format: { const: EXPORT_FORMAT },
    schema: uri,
    kind: codes(exportKinds),
    vocabulary: { type: 'string', description: 'The release of ccx-core under which the statements are written.' },
    records: { ...count, description: 'How many lines come before the manifest, header included.' },
    kinds: { type: 'object', additionalProperties: count, description: 'How many there are of each kind.' },
    sha256: {
      ...sha256,
      description:
        'Of all lines before the manifest: each `{kind, record}` as canonical JSON (RFC 8785) and a line feed.',
    },
    statements: object(
      'The same over the lines of kind `statement` alone, so that these can be carried on by themselves.',
      {
        count,
        sha256,
      },
    ),
  },
);

/** What an export looks like, line by line or as one document. */
export const exportSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'CCX export',
  description:
    'One line of an export as NDJSON, or the whole of it as one JSON document. Records of other kinds than `header`, ' +
    '`statement` and `manifest` are as the API describes them. An export without a manifest is incomplete.',
  oneOf: [ref('line'), ref('document')],
  $defs: {
    line: {
      oneOf: [
        ref('header_line'),
        ref('statement_line'),
        ref('record_line'),
        line({ const: 'manifest' }, object('The last line.', { jws: text('The signed manifest.') })),
      ],
    },
    header_line: line({ const: 'header' }, header),
    statement_line: line({ const: 'statement' }, statement),
    record_line: line({ not: { enum: ['header', 'statement', 'manifest'] }, type: 'string' }, { type: 'object' }),
    document: {
      type: 'object',
      required: ['records', 'manifest'],
      properties: {
        records: {
          type: 'array',
          minItems: 1,
          prefixItems: [ref('header_line')],
          items: { oneOf: [ref('statement_line'), ref('record_line')] },
        },
        manifest: text('The signed manifest.'),
      },
      additionalProperties: false,
    },
    manifest_payload: manifest,
  },
};
