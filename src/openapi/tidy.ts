import type { OpenAPIObject } from '@nestjs/swagger';

import { methods, type OpenApiOperation } from './types.js';

const REFERENCE = '#/components/schemas/';

/** The same document, always in the same order, with schemas named as callers know them and none that is not used. */
export function tidy(document: OpenAPIObject): OpenAPIObject {
  const named = withPublicNames(withLiftedComponents(document));
  const used = usedComponents(named);
  return {
    openapi: named.openapi,
    info: named.info,
    servers: named.servers ?? [],
    tags: named.tags ?? [],
    paths: sortedRecord(Object.entries(named.paths).map(([path, item]) => [path, inMethodOrder(item)])),
    components: {
      schemas: used('schemas'),
      responses: used('responses'),
      examples: used('examples'),
      securitySchemes: named.components?.securitySchemes ?? {},
    },
  };
}

/** A schema without a class that says `x-component: Name` is described once, under that name. */
function withLiftedComponents(document: OpenAPIObject): OpenAPIObject {
  const lifted: Record<string, unknown> = {};
  const lift = (_key: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || !('x-component' in value)) return value;
    const { 'x-component': name, ...schema } = value as { 'x-component': string };
    lifted[name] = JSON.parse(JSON.stringify(schema, lift));
    return { $ref: REFERENCE + name };
  };
  const copy = JSON.parse(JSON.stringify(document, lift)) as OpenAPIObject;
  copy.components = { ...copy.components, schemas: { ...copy.components?.schemas, ...(lifted as object) } };
  return copy;
}

/** Class names end in `Dto`, which is nothing to a caller. */
function withPublicNames(document: OpenAPIObject): OpenAPIObject {
  const schemas = document.components?.schemas ?? {};
  const renamed = new Map(Object.keys(schemas).map((name) => [name, name.replace(/Dto$/, '')]));
  const names = [...renamed.values()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`Two schemas have the same public name, ${twice}.`);
  const text = JSON.stringify(document, (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' && value.startsWith(REFERENCE)
      ? REFERENCE + (renamed.get(value.slice(REFERENCE.length)) ?? value.slice(REFERENCE.length))
      : value,
  );
  const copy = JSON.parse(text) as OpenAPIObject;
  copy.components = {
    ...copy.components,
    schemas: Object.fromEntries(
      Object.entries(copy.components?.schemas ?? {}).map(([name, schema]) => [renamed.get(name) ?? name, schema]),
    ),
  };
  return copy;
}

type ComponentKind = 'schemas' | 'responses' | 'examples';

/** Finds everything that the paths refer to, and answers the components of one kind among it. */
function usedComponents({ paths, components }: OpenAPIObject): (kind: ComponentKind) => Record<string, never> {
  const reached = new Set<string>();
  const waiting = referencesIn(paths);
  for (let reference = waiting.pop(); reference !== undefined; reference = waiting.pop()) {
    if (reached.has(reference)) continue;
    reached.add(reference);
    const [kind, name] = reference.split('/') as [ComponentKind, string];
    waiting.push(...referencesIn(components?.[kind]?.[name]));
  }
  return (kind) =>
    sortedRecord(Object.entries(components?.[kind] ?? {}).filter(([name]) => reached.has(`${kind}/${name}`)));
}

/** What a part of the document refers to, as `schemas/Consent`. */
function referencesIn(part: unknown): string[] {
  const text = JSON.stringify(part) ?? '';
  return [...text.matchAll(/"\$ref":"#\/components\/([^"]+)"/g)].map(([, path]) => path as string);
}

function inMethodOrder(item: OpenAPIObject['paths'][string]): OpenAPIObject['paths'][string] {
  return Object.fromEntries(
    methods.flatMap((method) => (item[method] ? [[method, inReadingOrder(item[method])]] : [])),
  );
}

function inReadingOrder(operation: OpenApiOperation): OpenApiOperation {
  const {
    operationId,
    summary,
    description,
    tags,
    security,
    parameters = [],
    requestBody,
    responses,
    ...rest
  } = operation;
  return JSON.parse(
    JSON.stringify({
      operationId,
      summary,
      description,
      tags,
      security,
      parameters: parameters.length > 0 ? parameters : undefined,
      requestBody,
      responses,
      ...rest,
    }),
  ) as OpenApiOperation;
}

function sortedRecord(entries: [string, unknown][]): Record<string, never> {
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) as Record<string, never>;
}
