import canonicalize from 'canonicalize';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = Record<string, JsonValue>;

/** The JSON Canonicalization Scheme (RFC 8785): equal values have equal bytes, whatever the order of their keys. */
export function canonicalJson(value: JsonValue): string {
  return canonicalize(value) as string;
}
