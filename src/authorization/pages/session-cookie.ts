/** The name of a cookie of this host. Over TLS it keeps every other host, also one of the same domain, from planting one. */
export function hostCookieName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name;
}

/** The cookie that holds a customer's session on our pages. The API takes no cookie. */
export function sessionCookieName(secure: boolean): string {
  return hostCookieName('ccx_session', secure);
}

/** The `Set-Cookie` header that begins a session, or ends it when there is no token. */
export function sessionCookie(token: string | null, { secure }: { secure: boolean }): string {
  return cookie(sessionCookieName(secure), token, { secure });
}

export interface CookieSettings {
  readonly secure: boolean;
  /** Until the browser is closed, unless said. */
  readonly maxAgeSeconds?: number;
}

/** A `Set-Cookie` header for all of this host and for no script; without a value it removes the cookie. */
export function cookie(name: string, value: string | null, { secure, maxAgeSeconds }: CookieSettings): string {
  const age = value === null ? 0 : maxAgeSeconds;
  return [
    `${name}=${value ?? ''}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Lax',
    ...(secure ? ['Secure'] : []),
    ...(age === undefined ? [] : [`Max-Age=${age}`]),
  ].join('; ');
}

/** A cookie of a `Cookie` header. Ours hold no character that would be quoted or escaped. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  const prefix = `${name}=`;
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(prefix))?.slice(prefix.length) || undefined;
}
