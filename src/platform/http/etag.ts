import { createHash } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { PreconditionFailedError, PreconditionRequiredError } from '../errors.js';

/** A strong validator over everything that the representation depends on. */
export function strongEtag(...parts: readonly (string | number | boolean | Date | null | undefined)[]): string {
  const text = JSON.stringify(parts.map((part) => part ?? null));
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}

/** Lets a change pass only when If-Match names the current version (or `*`). */
export function requireIfMatch(header: string | undefined, current: string): void {
  if (header === undefined || header.trim() === '') throw new PreconditionRequiredError();
  // Strong comparison (RFC 9110 §13.1.1): a weak validator never matches.
  if (!listed(header, current)) throw new PreconditionFailedError();
}

/** Whether the caller already holds this representation. Weak comparison, RFC 9110 §13.1.2. */
export function matchesIfNoneMatch(header: string | undefined, current: string): boolean {
  return header !== undefined && listed(header.replaceAll('W/', ''), current);
}

/**
 * Sets the ETag and, when the caller holds that representation already, the status 304.
 * The controller then answers nothing: `if (notModified(request, reply, etag)) return undefined;`
 */
export function notModified(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  void reply.header('etag', etag);
  if (!matchesIfNoneMatch(request.headers['if-none-match'], etag)) return false;
  void reply.status(304);
  return true;
}

function listed(header: string, etag: string): boolean {
  return header.split(',').some((candidate) => candidate.trim() === etag || candidate.trim() === '*');
}
