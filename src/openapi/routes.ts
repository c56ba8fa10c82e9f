import type { INestApplication, Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';

import { operationOf, type OperationSpec } from '../platform/http/operation.js';
import { type RouteTraits, traitsOf } from '../platform/http/route.js';

/** What the decorators of a documented route say. */
export interface DocumentedRoute {
  readonly operation: OperationSpec;
  readonly traits: Readonly<RouteTraits>;
}

/** The documented routes of all controllers, by operation id. */
export function documentedRoutes(app: INestApplication): Map<string, DocumentedRoute> {
  const routes = new Map<string, DocumentedRoute>();
  for (const controller of controllersOf(app)) {
    const prototype = controller.prototype as Record<string, object>;
    for (const method of new MetadataScanner().getAllMethodNames(prototype)) {
      const handler = prototype[method] as object;
      const operation = operationOf(handler);
      if (!operation) continue;
      if (routes.has(operation.id)) throw new Error(`Two routes are called ${operation.id}.`);
      routes.set(operation.id, { operation, traits: traitsOf(handler) });
    }
  }
  return routes;
}

function controllersOf(app: INestApplication): Set<Type> {
  const modules = [...app.get(ModulesContainer).values()];
  return new Set(
    modules.flatMap(({ controllers }) => [...controllers.values()].map(({ metatype }) => metatype as Type)),
  );
}
