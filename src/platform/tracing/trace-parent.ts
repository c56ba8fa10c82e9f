import { isSpanContextValid, type SpanContext } from '@opentelemetry/api';

// Version 00, and what a later version may add to it.
const header = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** Who calls, by the header `traceparent` of W3C Trace Context; nobody, where it is not one. */
export function parseTraceParent(value: string | string[] | undefined): SpanContext | undefined {
  const [given, traceId = '', spanId = '', flags = ''] = header.exec(String(value ?? '')) ?? [];
  if (given === undefined || (given.startsWith('00-') && given.length > 55)) return undefined;
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(parent) ? parent : undefined;
}

/** The header for somebody whom a span calls. */
export function traceParent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, '0')}`;
}
