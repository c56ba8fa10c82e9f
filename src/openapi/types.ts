import type { OpenAPIObject } from '@nestjs/swagger';

type PathItem = OpenAPIObject['paths'][string];
export type OpenApiOperation = NonNullable<PathItem['get']>;
export type OpenApiParameter = NonNullable<OpenApiOperation['parameters']>[number];
export type OpenApiResponses = OpenApiOperation['responses'];
export type ResponseObject = Extract<NonNullable<OpenApiResponses[string]>, { description: string }>;

export const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;

/** Every operation of a document. */
export function operationsIn({ paths }: OpenAPIObject): OpenApiOperation[] {
  return Object.values(paths).flatMap((item) => methods.flatMap((method) => item[method] ?? []));
}
