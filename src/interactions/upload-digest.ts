/** The SHA-256 in a digest field (RFC 9530): `sha-256=:<base64>:`, among others or alone. Null where there is none. */
export function sha256In(field: string): Buffer | null {
  const [, encoded] = /(?:^|,)[ \t]*sha-256=:([A-Za-z0-9+/]{43}=):[ \t]*(?:$|,)/.exec(field) ?? [];
  return encoded === undefined ? null : Buffer.from(encoded, 'base64');
}
