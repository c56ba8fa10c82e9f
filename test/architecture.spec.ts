import { join } from 'node:path';

import { forbiddenImports, importsOf, type ImportRules, packagesOf, sourcesIn } from './support/imports.js';

const rules: ImportRules = {
  // Each of these may import those before it.
  open: ['platform', 'audit', 'outbox'],
  allowed: {
    platform: [],
    audit: [],
    outbox: [],
    vocabulary: [],
    // What a delegation reaches is said in attributes.
    customers: ['vocabulary'],
    staff: [],
    retailers: ['vocabulary'],
    preferences: ['vocabulary', 'customers', 'retailers'],
    consents: ['vocabulary', 'customers', 'retailers', 'preferences'],
    // Pages let people take things along, too.
    authorization: ['vocabulary', 'customers', 'staff', 'retailers', 'preferences', 'consents', 'portability'],
    interactions: ['vocabulary', 'customers', 'retailers', 'consents'],
    disclosures: ['vocabulary', 'customers', 'retailers', 'preferences', 'consents', 'interactions'],
    suggestions: ['vocabulary', 'customers', 'retailers', 'preferences', 'consents', 'interactions'],
    intents: ['vocabulary', 'customers', 'retailers', 'preferences', 'consents'],
    notifications: ['retailers', 'consents'],
    portability: ['vocabulary', 'customers', 'retailers', 'preferences', 'consents'],
    oversight: ['staff', 'customers', 'retailers', 'consents', 'disclosures'],
  },
  exempt: ['cli', 'openapi'],
  exceptions: [
    // TypeORM is told all entities at once, wherever they live.
    'platform/database/data-source.ts -> entities.ts',
    'platform/database/data-source.ts -> ../migrations/index.ts',
  ],
};

const sources = sourcesIn(join(__dirname, '../src'));

describe('the modules', () => {
  it('import only what lies below them', () => {
    expect(forbiddenImports(sources, rules)).toEqual([]);
  });

  it.each([
    ['a module above', 'customers/customers.service.ts', "import { x } from '../consents/consents.service.js';"],
    ['a module beside', 'staff/staff.service.ts', "import type { X } from '../customers/customer.entity.js';"],
    ['a domain, from the platform', 'platform/clock.ts', "export { x } from '../audit/audit.service.js';"],
    ['the outbox, from the log', 'audit/audit.service.ts', "const x = await import('../outbox/outbox.service.js');"],
    ['what puts them together', 'disclosures/view.ts', "import { x } from '../app.module.js';"],
    ['anything, from a module without a place in the order', 'novelty/novelty.ts', "import '../platform/clock.js';"],
  ])('are caught importing %s', (_, path, text) => {
    expect(forbiddenImports([{ path, text }], rules)).toEqual([expect.stringContaining(`${path} -> `)]);
  });

  it('have no barrels and no forward references', () => {
    expect(sources.filter(({ path }) => path.endsWith('/index.ts')).map(({ path }) => path)).toEqual([]);
    expect(sources.filter(({ text }) => text.includes('forwardRef(')).map(({ path }) => path)).toEqual([]);
  });

  it('read no environment: only the command line does', () => {
    const readers = sources.filter(({ text }) => text.includes('process.env')).map(({ path }) => path);
    expect(readers.filter((path) => !path.startsWith('cli/'))).toEqual([]);
  });
});

describe('the verifier', () => {
  const verifier = sourcesIn(join(__dirname, '../src')).filter(({ path }) => path.startsWith('cli/verify/'));

  it('shares the hash and how commands print with what it verifies, and nothing else', () => {
    const shared = verifier.flatMap(importsOf).filter((path) => !path.startsWith('cli/verify/'));
    expect([...new Set(shared)].toSorted()).toEqual([
      'cli/errors.ts',
      'cli/output.ts',
      'cli/replay/progress.ts',
      'platform/crypto/seal.ts',
    ]);
    const fromSeal = verifier.flatMap(
      ({ text }) => /import \{(.*)\} from '[./]*platform\/crypto\/seal/.exec(text)?.[1] ?? [],
    );
    expect([...new Set(fromSeal)]).toEqual([' sha256 ']);
  });

  it('parses and verifies with what Node.js itself has', () => {
    const packages = verifier.flatMap(packagesOf).filter((name) => !name.startsWith('node:'));
    expect([...new Set(packages)]).toEqual(['commander']);
  });

  it('is told from the rest by these checks', () => {
    const text = "import { parseNote } from '../../audit/note.js';\nimport canonicalize from 'canonicalize';";
    const file = { path: 'cli/verify/note.ts', text };
    expect([importsOf(file), packagesOf(file)]).toEqual([['audit/note.ts'], ['canonicalize']]);
  });
});
