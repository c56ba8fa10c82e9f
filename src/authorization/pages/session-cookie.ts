/** The cookie that holds a customer's session on our pages. The API takes no cookie. */
export const sessionCookieName = 'ccx_session';

// Where it is needed and nowhere else: our own pages, and the endpoint that asks who is signed in.
const paths = ['/interaction', '/oauth/authorize'];

/** The `Set-Cookie` headers that begin a session, or end it when there is no token. */
export function sessionCookies(token: string | null, { secure }: { secure: boolean }): string[] {
  return paths.map((path) =>
    [
      `${sessionCookieName}=${token ?? ''}`,
      `Path=${path}`,
      'HttpOnly',
      'SameSite=Lax',
      ...(secure ? ['Secure'] : []),
      ...(token === null ? ['Max-Age=0'] : []),
    ].join('; '),
  );
}

/** A cookie of a `Cookie` header. Ours hold no character that would be quoted or escaped. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  const prefix = `${name}=`;
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(prefix))?.slice(prefix.length) || undefined;
}
