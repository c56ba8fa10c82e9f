const LONGEST = 2_000;
const LOOPBACK_HOSTS = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * What is wrong with an address that people are sent to, or null. Addresses are compared as they stand (RFC 9700 §4.1.3),
 * so that nothing may be in them that someone else could bend.
 *
 * @param allowLoopback whether plain http to the same machine will do, as for a program under development
 */
export function redirectFault(uri: string, { allowLoopback }: { allowLoopback: boolean }): string | null {
  // URL parsers mend these silently, each in its own way.
  if (uri.length > LONGEST || /[\s\\*]/.test(uri) || !URL.canParse(uri)) {
    return `must be an absolute URL of at most ${LONGEST} characters, without wildcards`;
  }
  const { protocol, hostname, username, password } = new URL(uri);
  if (uri.includes('#')) return 'must not have a fragment';
  if (username || password) return 'must not have a user name or password';
  if (protocol === 'https:') return null;
  if (protocol === 'http:' && allowLoopback && LOOPBACK_HOSTS.has(hostname)) return null;
  return allowLoopback ? 'must be https, or http on a loopback address' : 'must be https';
}
