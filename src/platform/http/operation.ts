import { applyDecorators, HttpCode, SetMetadata, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse, type ApiResponseOptions, getSchemaPath } from '@nestjs/swagger';

import type { ProblemClass } from '../errors.js';
import { routeTraits } from './route.js';

type JsonSchema = Record<string, unknown>;

/** One way in which an operation succeeds. */
export interface OperationAnswer {
  readonly status: number;
  readonly description: string;
  /** The DTO class of the body. Without `type` and `schema` there is no body. */
  readonly type?: Type;
  readonly isArray?: boolean;
  /** For bodies that have no DTO. */
  readonly schema?: JsonSchema;
  /** `application/json` unless said otherwise. */
  readonly contentType?: string | readonly string[];
  readonly example?: unknown;
  readonly headers?: Readonly<Record<string, { description: string; schema?: JsonSchema; example?: unknown }>>;
}

/** What the body of a request may be, for operations whose body is not a single DTO. */
export interface OperationBody {
  readonly description?: string;
  readonly content: Readonly<
    Record<
      string,
      { schema: JsonSchema; example?: unknown; examples?: Record<string, { summary?: string; value: unknown }> }
    >
  >;
  readonly required?: boolean;
}

export interface OperationSpec {
  /** The operation's name in the API description and in generated clients. Never changes once released. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** The usual answer. Its status is also the one that Nest sends. */
  readonly ok: OperationAnswer;
  readonly more?: readonly OperationAnswer[];
  /** The problems of this operation's own. What its access, body and parameters bring along is added by itself. */
  readonly errors: readonly ProblemClass[];
  readonly body?: OperationBody;
}

const OPERATION = 'ccx:operation';

/** Documents a route, completely: `src/openapi` adds security and the problems that every such route has. */
export function Operation(spec: OperationSpec): MethodDecorator {
  const answers = [spec.ok, ...(spec.more ?? [])];
  const types = answers.flatMap(({ type }) => (type ? [type] : []));
  return applyDecorators(
    SetMetadata(OPERATION, spec),
    HttpCode(spec.ok.status),
    ApiOperation({
      operationId: spec.id,
      summary: spec.summary,
      ...(spec.description === undefined ? {} : { description: spec.description }),
      tags: [spec.tag],
    }),
    ...(spec.body ? [routeTraits({ consumes: Object.keys(spec.body.content) })] : []),
    ...(types.length > 0 ? [ApiExtraModels(...types)] : []),
    ...byStatus(answers).map(([status, alike]) => ApiResponse(responseOf(status, alike))),
  );
}

/** What `@Operation` says of a controller's method. */
export function operationOf(handler: object): OperationSpec | undefined {
  return Reflect.getMetadata(OPERATION, handler) as OperationSpec | undefined;
}

/** Several answers may share a status, each with a content type of its own. */
function byStatus(answers: readonly OperationAnswer[]): [number, [OperationAnswer, ...OperationAnswer[]]][] {
  const grouped = new Map<number, [OperationAnswer, ...OperationAnswer[]]>();
  for (const answer of answers) {
    const alike = grouped.get(answer.status);
    if (alike) alike.push(answer);
    else grouped.set(answer.status, [answer]);
  }
  return [...grouped];
}

function responseOf(status: number, answers: [OperationAnswer, ...OperationAnswer[]]): ApiResponseOptions {
  const headers = Object.assign({}, ...answers.map((answer) => headersOf(answer.headers ?? {}))) as JsonSchema;
  const content = Object.assign({}, ...answers.map(contentOf)) as JsonSchema;
  return {
    status,
    description: answers[0].description,
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(Object.keys(content).length > 0 ? { content } : {}),
  } as ApiResponseOptions;
}

function contentOf(answer: OperationAnswer): JsonSchema {
  const schema = schemaOf(answer);
  if (!schema) return {};
  const media = { schema, ...(answer.example === undefined ? {} : { example: answer.example }) };
  return Object.fromEntries([answer.contentType ?? 'application/json'].flat().map((type) => [type, media]));
}

function schemaOf({ type, isArray, schema }: OperationAnswer): JsonSchema | undefined {
  if (!type) return schema;
  const reference = { $ref: getSchemaPath(type) };
  return isArray ? { type: 'array', items: reference } : reference;
}

function headersOf(headers: NonNullable<OperationAnswer['headers']>): JsonSchema {
  return Object.fromEntries(
    Object.entries(headers).map(([name, header]) => [name, { schema: { type: 'string' }, ...header }]),
  );
}
