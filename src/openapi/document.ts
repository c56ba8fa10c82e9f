import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

import { oauthPaths } from '../authorization/oauth.openapi.js';
import { completeOperation } from './complete.js';
import { problemComponents, problemExamples, problemSchemas } from './problems.js';
import { documentedRoutes } from './routes.js';
import { securitySchemes } from './security.js';
import { tagDescriptions } from './tags.js';
import { tidy } from './tidy.js';
import { type OpenApiOperation, operationsIn } from './types.js';

/** Of the API, not of the software: it is raised when the description changes (semantic versioning). */
const API_VERSION = '1.0.0';

const DESCRIPTION = `A customer states their preferences once, and each retailer reads what that customer allowed it to,
for the purposes, at the touchpoints and for the time that they agreed to.

Errors are problem documents (RFC 9457): \`type\` leads to a page that says what to do. Answers may gain members and
enumerated values within \`/v1\`; members that a request has and the API does not know are refused. Times are RFC 3339
in UTC. Every answer has an \`X-Request-Id\`; send your own as a UUID, and \`traceparent\`, to find a request again.`;

/** The OpenAPI 3.1 description of the service. It depends on the code alone: not on settings, order or time. */
export function buildDocument(app: INestApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setTitle('CCX')
    .setVersion(API_VERSION)
    .setDescription(DESCRIPTION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .setOpenAPIVersion('3.1.0')
    .addServer('/')
    .build();
  const document = SwaggerModule.createDocument(app, base);
  const routes = documentedRoutes(app);
  for (const operation of operationsIn(document)) {
    const route = routes.get(operation.operationId ?? '');
    if (!route) throw new Error(`The route ${operation.operationId ?? 'without a name'} has no @Operation.`);
    completeOperation(operation, route);
  }
  document.paths = { ...document.paths, ...oauthPaths };
  document.tags = tagsOf(operationsIn(document));
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...problemSchemas },
    examples: problemExamples(),
    responses: problemComponents(operationsIn(document)),
    securitySchemes: securitySchemes([...routes.values()]),
  };
  return tidy(document);
}

function tagsOf(operations: readonly OpenApiOperation[]): { name: string; description?: string }[] {
  const names = new Set(operations.flatMap(({ tags = [] }) => tags));
  return [...names].sort().map((name) => {
    const description = tagDescriptions[name];
    return description === undefined ? { name } : { name, description };
  });
}
