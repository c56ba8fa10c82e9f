import type { OpenAPIObject } from '@nestjs/swagger';

import { type ProblemClass, type ProblemDefinition, problemOf, publishedProblems } from '../platform/errors.js';
import { PROBLEM_JSON, problemType, statusOf } from '../platform/http/problem.js';
import type { OpenApiOperation, OpenApiResponses, ResponseObject } from './types.js';

const ISSUER = 'https://ccx.example';
const RESPONSES = '#/components/responses/';

/** The shape of every problem (RFC 9457). */
export const problemSchemas: NonNullable<NonNullable<OpenAPIObject['components']>['schemas']> = {
  Problem: {
    type: 'object',
    description: 'What went wrong and what to do about it. A problem may have further members, which its page names.',
    required: ['type', 'title', 'status', 'detail', 'retryable'],
    properties: {
      type: { type: 'string', format: 'uri', description: 'Identifies the kind of problem and leads to its page.' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'What was wrong this time.' },
      instance: { type: 'string', format: 'uri', description: 'Names this occurrence: the id of the request.' },
      retryable: { type: 'boolean', description: 'Whether the same request may succeed later.' },
      errors: { type: 'array', items: { $ref: '#/components/schemas/FieldError' } },
    },
    additionalProperties: true,
  },
  FieldError: {
    type: 'object',
    required: ['pointer', 'detail'],
    properties: {
      pointer: {
        type: 'string',
        description: 'A JSON pointer into the body, or `query/<name>`, `path/<name>`, `header/<name>`.',
        example: '/attributes/0',
      },
      detail: { type: 'string', example: 'is not an attribute of ccx-core' },
    },
    additionalProperties: false,
  },
};

/** One example of each problem, for the operations to refer to. */
export function problemExamples(): NonNullable<NonNullable<OpenAPIObject['components']>['examples']> {
  return Object.fromEntries(
    publishedProblems().map(({ code, kind, title, retryable, advice }) => {
      const value = {
        type: problemType(ISSUER, code),
        title,
        status: statusOf[kind],
        detail: advice,
        instance: 'urn:uuid:019a9f3e-7b1c-7d20-9f5e-1c2d3e4f5a6b',
        retryable,
      };
      return [code, { summary: title, value }];
    }),
  );
}

/** The answers of an operation that may fail in these ways. */
export function problemResponses(problems: readonly ProblemClass[]): OpenApiResponses {
  const byStatus = new Map<number, string[]>();
  for (const { code, kind } of problems.map(problemOf)) {
    byStatus.set(statusOf[kind], [...(byStatus.get(statusOf[kind]) ?? []), code]);
  }
  const references = [...byStatus].map(([status, codes]) => [status, { $ref: RESPONSES + codes.sort().join('.') }]);
  return Object.fromEntries(references) as OpenApiResponses;
}

/** What these operations refer to: a response that is named for its problems is described once. */
export function problemComponents(operations: readonly OpenApiOperation[]): Record<string, ResponseObject> {
  const definitions = new Map(publishedProblems().map((problem) => [problem.code, problem]));
  const names = operations.flatMap(({ responses }) =>
    Object.values(responses).flatMap((response) => (response && '$ref' in response ? [response.$ref] : [])),
  );
  return Object.fromEntries(
    [...new Set(names)].map((reference) => {
      const name = reference.slice(RESPONSES.length);
      return [name, responseOf(name.split('.').map((code) => definitions.get(code) as ProblemDefinition))];
    }),
  );
}

function responseOf(problems: readonly ProblemDefinition[]): ResponseObject {
  const [{ kind }] = problems as [ProblemDefinition];
  const examples = problems.map(({ code }) => [code, { $ref: `#/components/examples/${code}` }]);
  return {
    description: problems.map(({ title }) => title).join(', or: '),
    ...headersOf(statusOf[kind]),
    content: {
      [PROBLEM_JSON]: { schema: { $ref: '#/components/schemas/Problem' }, examples: Object.fromEntries(examples) },
    },
  };
}

function headersOf(status: number): Pick<ResponseObject, 'headers'> {
  const text = { type: 'string' as const };
  if (status === 401) {
    return { headers: { 'WWW-Authenticate': { description: 'How to authenticate (RFC 6750).', schema: text } } };
  }
  if (status === 429 || status === 503) {
    return { headers: { 'Retry-After': { description: 'Seconds to wait.', schema: text, example: '1' } } };
  }
  return {};
}
