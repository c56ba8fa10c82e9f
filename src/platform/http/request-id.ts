import type { IncomingMessage } from 'node:http';

import { uuidv7 } from '../uuid.js';

/** A UUID, with or without its hyphens, as gateways write it. */
const uuid = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;
const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The id of a request: the one its caller or a gateway gave it, when that is a UUID, else a new one. */
export function requestId({ headers }: IncomingMessage): string {
  const given = uuid.exec(String(headers['x-request-id'] ?? ''));
  return given ? given.slice(1).join('-').toLowerCase() : uuidv7();
}

/** The trace that the request belongs to (W3C Trace Context), if it says so. */
export function traceId({ headers }: IncomingMessage): string | undefined {
  return traceparent.exec(String(headers.traceparent ?? ''))?.[1];
}
