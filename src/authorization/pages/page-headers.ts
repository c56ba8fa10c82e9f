import type { FastifyReply } from 'fastify';

import type { Receipt } from '../../consents/receipts.dto.js';
import { NotFoundError } from '../../platform/errors.js';
import type { PageOrAddress } from './place.js';

export interface Policy {
  /** Where a form may lead in the end, besides to us: an address that the engine has found registered. */
  readonly redirectUri?: string | undefined;
  /** Whether the page gains from a script of ours. */
  readonly scripts?: boolean | undefined;
}

/**
 * What a page may load and where its forms may lead: nothing from elsewhere, and a script of ours on the pages alone
 * that gain from one. A form that ends a visit is answered by redirects, the last of which leads to the client: browsers
 * hold the form to that address as well.
 */
export function pagePolicy({ redirectUri, scripts = false }: Policy = {}): string {
  const formTargets = ["'self'", ...(redirectUri === undefined ? [] : [sourceOf(redirectUri)])];
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    ...(scripts ? ["script-src 'self'", "connect-src 'self'"] : []),
    `form-action ${formTargets.join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function sourceOf(redirectUri: string): string {
  const { origin, protocol } = new URL(redirectUri);
  return origin === 'null' ? protocol : origin;
}

export function pageHeaders(policy: Policy = {}): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': pagePolicy(policy),
    'cache-control': 'no-store',
    vary: 'Accept-Language, Cookie',
  };
}

/** Answers with a page or leads on. */
export function sendStep(reply: FastifyReply, step: PageOrAddress, redirectUri?: string): void {
  if ('goTo' in step) {
    void reply.header('cache-control', 'no-store').redirect(step.goTo, 303);
    return;
  }
  void reply
    .status(step.status ?? 200)
    .headers(pageHeaders({ redirectUri, scripts: step.scripts }))
    .send(step.page);
}

/** A receipt as a file, to keep. @throws NotFoundError where there is none */
export function sendReceipt(reply: FastifyReply, receipt: Receipt | null): void {
  if (!receipt) throw new NotFoundError();
  void reply
    .headers({
      'content-type': 'application/jose; charset=utf-8',
      'content-disposition': `attachment; filename="ccx-receipt-${receipt.id}.jws"`,
      'cache-control': 'no-store',
    })
    .send(receipt.jws);
}
