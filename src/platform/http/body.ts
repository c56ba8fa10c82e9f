import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { InvalidRequestError, MalformedFormError, UnsupportedMediaTypeError } from '../errors.js';
import { parseJson } from './json.js';
import { JSON_BODY, PARTIAL_UPLOAD } from './route.js';

/** `application/json` and every media type built on it (RFC 6839 §3.1). */
const jsonTypes = /^application\/(?:[\w.-]+\+)?json(?:;|$)/i;

/** What is read as text, for the route to take apart. */
const TEXT_BODIES = ['application/x-ndjson', 'text/csv'] as const;

/** Reads bodies: JSON strictly, forms on the pages that have one. What a route does not take is 415 before it is read. */
export async function acceptBodies(fastify: FastifyInstance): Promise<void> {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(jsonTypes, { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) =>
    parseJson(body),
  );
  fastify.addContentTypeParser(
    [...TEXT_BODIES],
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => parseText(body),
  );
  fastify.addContentTypeParser(
    PARTIAL_UPLOAD,
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => body,
  );
  await fastify.register(formbody, { parser: parseForm });

  // Nest hands Fastify no limit of a route.
  fastify.addHook('onRoute', (route) => {
    if (route.config?.bodyLimit !== undefined) route.bodyLimit = route.config.bodyLimit;
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.is404 || !hasBody(request)) return done();
    const accepted = request.routeOptions.config.consumes ?? JSON_BODY;
    done(isAccepted(request, accepted) ? undefined : new UnsupportedMediaTypeError(accepted));
  });
}

function hasBody({ method, headers }: FastifyRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isAccepted({ headers }: FastifyRequest, accepted: readonly string[]): boolean {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return false;
  const [mediaType = '', ...parameters] = (headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  return accepted.includes(mediaType) && parameters.every((parameter) => !/^charset=(?!"?utf-8"?$)/.test(parameter));
}

/** A text, without the byte order mark that some programs put before it. */
function parseText(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new InvalidRequestError([{ pointer: '', detail: 'is not text in UTF-8: save the file in that encoding' }]);
  }
}

/** A form as its fields; a field that is sent several times is a list. */
function parseForm(text: string): Record<string, string | string[]> {
  const fields = Object.create(null) as Record<string, string | string[]>;
  for (const pair of text.split('&').filter((part) => part !== '')) {
    const [name = '', value = ''] = pair.split(/=(.*)/s).map(decodeFormText);
    const present = fields[name];
    // Added to in place: a form of nothing but repetitions must not cost the square of its length.
    if (Array.isArray(present)) present.push(value);
    else fields[name] = present === undefined ? value : [present, value];
  }
  return fields;
}

function decodeFormText(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new MalformedFormError();
  }
  if (decoded.includes('\0')) throw new MalformedFormError();
  return decoded;
}
