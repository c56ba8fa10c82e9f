import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

import { methods, type OpenApiOperation } from '../../src/openapi/types.js';
import type { CapturedAnswer } from './answers.js';

interface Route {
  readonly path: string;
  readonly pattern: RegExp;
  readonly parameters: number;
}

export interface Judgement {
  /** Undefined where the description has no such operation. */
  readonly operationId: string | undefined;
  readonly faults: string[];
}

/** Holds answers against an API description, more strictly than a caller should: no member may be undescribed. */
export class AnswerValidator {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly routes: readonly Route[];
  private readonly shared: Record<string, { content?: object & Record<string, unknown> }>;
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly document: OpenAPIObject) {
    formats.default(this.ajv);
    this.ajv.addSchema(closed(document) as object, 'ccx');
    this.shared = (document.components?.responses ?? {}) as typeof this.shared;
    this.routes = Object.keys(document.paths)
      .map((path) => routeOf(path, this.document.paths[path]))
      .sort((a, b) => a.parameters - b.parameters);
  }

  judge(answer: CapturedAnswer): Judgement {
    const route = this.routes.find(
      ({ path, pattern }) => pattern.test(answer.path) && this.operationAt(path, answer.method),
    );
    const operation = route && this.operationAt(route.path, answer.method);
    if (!route || !operation) return { operationId: undefined, faults: undescribed(answer) };
    return { operationId: operation.operationId, faults: this.faultsOf(answer, route.path, operation) };
  }

  private operationAt(path: string, method: string): OpenApiOperation | undefined {
    const item = this.document.paths[path];
    return methods.includes(method as never) ? item?.[method as (typeof methods)[number]] : undefined;
  }

  private faultsOf(answer: CapturedAnswer, path: string, { responses }: OpenApiOperation): string[] {
    const status = String(answer.status);
    const response = responses[status];
    if (!response) return ['the status is not documented'];
    const isShared = '$ref' in response;
    const place = isShared ? response.$ref.split('/').slice(1) : ['paths', path, answer.method, 'responses', status];
    const { content = {} } = isShared ? (this.shared[place.at(-1) as string] ?? {}) : response;
    if (answer.body.length === 0) {
      return Object.keys(content).length === 0 ? [] : ['there is no body, but the description has one'];
    }
    const { contentType = 'nothing' } = answer;
    if (!content[contentType]) return [`the content type ${contentType} is not documented`];
    if (!/[/+]json$/.test(contentType)) return [];
    const body = JSON.parse(answer.body.toString()) as unknown;
    return this.schemaFaults([...place, 'content', contentType, 'schema'], body);
  }

  private schemaFaults(pointer: readonly string[], body: unknown): string[] {
    const reference = `ccx#/${pointer.map(escape).join('/')}`;
    let validate = this.compiled.get(reference);
    if (!validate) {
      validate = this.ajv.compile({ $ref: reference });
      this.compiled.set(reference, validate);
    }
    if (validate(body)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || 'the body'} ${message} ${JSON.stringify(params)}`,
    );
  }
}

function routeOf(path: string, item: OpenAPIObject['paths'][string] | undefined): Route {
  const spanning = new Set(
    (item?.get?.parameters ?? []).flatMap((one) =>
      'x-spans-segments' in one && 'name' in one ? [`{${one.name}}`] : [],
    ),
  );
  const source = path
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{[^}]+\}/g, (name) => (spanning.has(name) ? '.+' : '[^/]+'));
  return { path, pattern: new RegExp(`^${source}/?$`), parameters: path.split('{').length - 1 };
}

// What is no operation is not found, or a page or an engine's answer that the description leaves out.
function undescribed({ path, status, method }: CapturedAnswer): string[] {
  return path.startsWith('/v1/') && status !== 404 && method !== 'head' ? ['the operation is not documented'] : [];
}

function escape(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** The same schemas, where an object has no members but those described, unless it says that it may. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const copy = Object.fromEntries(
    Object.entries(part).map(([name, value]) => [
      name,
      name === 'example' || name === 'examples' ? value : closed(value),
    ]),
  );
  const isOpen = copy['type'] !== 'object' || !copy['properties'] || 'additionalProperties' in copy || 'allOf' in copy;
  return isOpen ? copy : { ...copy, additionalProperties: false };
}
