import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { OpenAPIObject } from '@nestjs/swagger';
import { parse } from 'yaml';

import { DOCUMENT_PATH } from '../src/openapi/document-path.js';
import { documentedOperations } from './support/operations.js';
import { laterRoutes, routeTable } from './support/route-table.js';

const document = parse(readFileSync(join(__dirname, '..', DOCUMENT_PATH), 'utf8')) as OpenAPIObject;
const described = documentedOperations(document);

describe('the routes that are described', () => {
  it.each(Object.entries(routeTable))('for the audience "%s" are those that were designed', (audience, routes) => {
    const found = described
      .filter((operation) => operation.audience === audience)
      .map(({ method, path, id }) => `${method.toUpperCase()} ${path} ${id}`);
    expect(found.sort()).toEqual([...routes].sort());
  });

  it('include none that is marked as not built yet', () => {
    const later = Object.values(laterRoutes).flat() as string[];
    expect(described.map(({ path }) => path).filter((path) => later.includes(path))).toEqual([]);
  });
});
