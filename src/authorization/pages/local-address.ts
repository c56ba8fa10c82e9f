/** An address of this service, path and query; nothing when it leads elsewhere, so that no link of ours is misused. */
export function localAddress(address: unknown, issuer: string): string | undefined {
  if (typeof address !== 'string' || !address.startsWith('/') || !URL.canParse(address, issuer)) return undefined;
  const { origin, pathname, search } = new URL(address, issuer);
  // `/..//elsewhere` is of this origin, but a browser would read what remains of it as another host's.
  return origin === new URL(issuer).origin && !pathname.startsWith('//') ? pathname + search : undefined;
}
