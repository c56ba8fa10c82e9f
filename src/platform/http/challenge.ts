import type { FastifyRequest } from 'fastify';

import { type CcxError, problemOf } from '../errors.js';

/** The signature algorithm of DPoP proofs. */
const DPOP_ALGORITHMS = 'ES256';

/** Where the metadata of the protected resource are (RFC 9728 §3). */
export const PROTECTED_RESOURCE_PATH = '/.well-known/oauth-protected-resource';

/** `WWW-Authenticate` of a refusal: RFC 6750 §3, and where retailers call also RFC 9449 §7.1 and RFC 9728 §5.1. */
export function challenges(error: CcxError, request: FastifyRequest, issuer: string): Record<string, string[]> {
  const { code, kind } = problemOf(error);
  if (kind !== 'unauthenticated' && code !== 'insufficient-scope') return {};
  const access = request.routeOptions?.config.access;
  const parameters = [
    'realm="ccx"',
    // A request without any credentials is told how to authenticate, not what was wrong (RFC 6750 §3.1).
    ...(request.headers.authorization === undefined ? [] : [`error="${code.replaceAll('-', '_')}"`]),
    ...(code === 'insufficient-scope' && access?.scopes.length ? [`scope="${access.scopes.join(' ')}"`] : []),
    ...(access?.audience === 'retailer' ? [`resource_metadata="${issuer}${PROTECTED_RESOURCE_PATH}"`] : []),
  ].join(', ');
  const bearer = `Bearer ${parameters}`;
  return {
    'www-authenticate':
      access?.audience === 'retailer' ? [`DPoP ${parameters}, algs="${DPOP_ALGORITHMS}"`, bearer] : [bearer],
  };
}
