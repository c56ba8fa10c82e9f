import type { FastifyRequest } from 'fastify';

import { type CcxError, problemOf } from '../errors.js';

/** The signature algorithm of DPoP proofs. */
const DPOP_ALGORITHMS = 'ES256';

/** `WWW-Authenticate` of a refusal: RFC 6750 §3, and RFC 9449 §7.1 where retailers call. */
export function challenges(error: CcxError, request: FastifyRequest): Record<string, string[]> {
  const { code, kind } = problemOf(error);
  if (kind !== 'unauthenticated' && code !== 'insufficient-scope') return {};
  const access = request.routeOptions?.config.access;
  const parameters = [
    'realm="ccx"',
    // A request without any credentials is told how to authenticate, not what was wrong (RFC 6750 §3.1).
    ...(request.headers.authorization === undefined ? [] : [`error="${code.replaceAll('-', '_')}"`]),
    ...(code === 'insufficient-scope' && access?.scopes.length ? [`scope="${access.scopes.join(' ')}"`] : []),
  ].join(', ');
  const bearer = `Bearer ${parameters}`;
  return {
    'www-authenticate':
      access?.audience === 'retailer' ? [`DPoP ${parameters}, algs="${DPOP_ALGORITHMS}"`, bearer] : [bearer],
  };
}
