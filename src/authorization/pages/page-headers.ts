/**
 * What a page may load and where its forms may lead: nothing from elsewhere, no script at all. A form that ends a visit
 * is answered by redirects, the last of which leads to the client: browsers hold the form to that address as well.
 */
export function pagePolicy(redirectUri?: string): string {
  const formTargets = ["'self'", ...(redirectUri === undefined ? [] : [sourceOf(redirectUri)])];
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action ${formTargets.join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** @param redirectUri An address that the engine has found registered. */
function sourceOf(redirectUri: string): string {
  const { origin, protocol } = new URL(redirectUri);
  return origin === 'null' ? protocol : origin;
}

export function pageHeaders(redirectUri?: string): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': pagePolicy(redirectUri),
    'cache-control': 'no-store',
    vary: 'Accept-Language, Cookie',
  };
}
