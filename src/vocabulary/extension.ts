import { createHash } from 'node:crypto';

import type { Attribute } from './attribute.js';

/** Names the state of some extensions; nothing where there are none. */
export function extensionsDigest(extensions: readonly Attribute[]): string[] {
  if (extensions.length === 0) return [];
  const hash = createHash('sha256').update(JSON.stringify(extensions));
  return [hash.digest('base64url').slice(0, 16)];
}
