import { randomUUID } from 'node:crypto';

import type { OpenAPIObject } from '@nestjs/swagger';

import type { Audience } from '../../src/platform/http/access.js';
import { methods, type OpenApiOperation } from '../../src/openapi/types.js';
import type { CallBody } from './callers.js';

/** An operation as an API description has it. */
export interface DocumentedOperation {
  readonly id: string;
  readonly method: (typeof methods)[number];
  /** With parameters in braces. */
  readonly path: string;
  readonly audience: Audience;
  readonly scopes: readonly string[];
  readonly statuses: readonly number[];
  /** The content types of its body, if it has one. */
  readonly takes: readonly string[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
}

/** Every operation that is described, by address and method. */
export function documentedOperations(document: OpenAPIObject): DocumentedOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => (item[method] ? [described(path, method, item[method])] : [])),
  );
}

function described(
  path: string,
  method: DocumentedOperation['method'],
  operation: OpenApiOperation,
): DocumentedOperation {
  const body = operation.requestBody;
  return {
    id: operation.operationId ?? '',
    method,
    path,
    ...callerOf(operation),
    statuses: Object.keys(operation.responses).map(Number),
    takes: body && 'content' in body ? Object.keys(body.content) : [],
    parameters: (operation.parameters ?? []) as unknown as DocumentedOperation['parameters'],
  };
}

function callerOf({ security = [] }: OpenApiOperation): Pick<DocumentedOperation, 'audience' | 'scopes'> {
  const [[scheme, scopes] = ['none', []]] = security.flatMap((requirement) => Object.entries(requirement));
  switch (scheme) {
    case 'sessionToken':
      return { audience: 'customer', scopes };
    case 'oauth2':
      return { audience: 'retailer', scopes };
    case 'staffToken':
      return { audience: scopes.length === 1 ? (scopes[0] as Audience) : 'staff', scopes: [] };
    default:
      return { audience: 'public', scopes: [] };
  }
}

/** Whether somebody may call it for somebody else. */
export function isDelegable({ parameters }: Pick<DocumentedOperation, 'parameters'>): boolean {
  return parameters.some(({ name }) => name === 'CCX-Acting-For');
}

/** An address of the operation, of which nothing is known to exist. */
export function someAddress({ path }: DocumentedOperation): string {
  return path.replaceAll(/\{[^}]+\}/g, () => randomUUID());
}

/** A body of a type that the operation takes, without content. */
export function emptyBody({ takes: [contentType] }: DocumentedOperation): CallBody | undefined {
  return contentType === undefined ? undefined : { contentType, text: '{}' };
}
