import { withMigration } from './migration-template.js';

const list = `import { Roles1 } from './1-roles.js';

/** All migrations, in the order in which they run. */
export const migrations = [
  Roles1,
];
`;

describe('the list of migrations', () => {
  it('runs a new one last, and keeps its imports in order', () => {
    expect(withMigration(list, 'KeepReceipts2', '2-keep-receipts'))
      .toBe(`import { KeepReceipts2 } from './2-keep-receipts.js';
import { Roles1 } from './1-roles.js';

/** All migrations, in the order in which they run. */
export const migrations = [
  Roles1,
  KeepReceipts2,
];
`);
  });
});
