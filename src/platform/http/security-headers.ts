import type { FastifyInstance } from 'fastify';

import type { Config } from '../config/config.js';

/** An API answer loads nothing, so that its policy allows nothing; pages set their own. */
const NOTHING = "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'";

/**
 * Headers for every answer, the same for all but what a route says itself. Answers are not stored unless a route says
 * that they may be: most of them are personal. What is for browsers that are gone, or without meaning for an API, is left
 * out; and so is Cross-Origin-Opener-Policy: a sign-in window of another page must be able to hand its result back.
 */
export function setSecurityHeaders(fastify: FastifyInstance, config: Config): void {
  const headers: Record<string, string> = {
    'content-security-policy': NOTHING,
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
    ...(config.issuer.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000' }),
  };
  fastify.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}
