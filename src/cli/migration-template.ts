import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CliError, exitCodes } from './errors.js';

/** Writes an empty migration and adds it to the end of the list. Answers the path of the file. */
export function createMigration(folder: string, intent: string, now: Date): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(intent)) {
    throw new CliError('An intent is words joined by hyphens, such as `keep-receipts`.', exitCodes.misused);
  }
  const list = join(folder, 'index.ts');
  if (!existsSync(list)) {
    throw new CliError(`There is no ${list}: run this in the folder of the source.`, exitCodes.misused);
  }
  const timestamp = now.getTime();
  const className = `${camelCase(intent)}${timestamp}`;
  const module = `${timestamp}-${intent}`;
  const file = join(folder, `${module}.ts`);
  writeFileSync(file, template(intent, className), { flag: 'wx' });
  writeFileSync(list, withMigration(readFileSync(list, 'utf8'), className, module));
  return file;
}

/** The source of the list, with one more migration at its end and its import in alphabetical order. */
export function withMigration(source: string, className: string, module: string): string {
  const line = `import { ${className} } from './${module}.js';`;
  const imports = source.match(/^import .*$/gm) ?? [];
  const ordered = [...imports, line].sort((a, b) => (a < b ? -1 : 1));
  const rest = source.replace(/^import .*\n/gm, '').trimStart();
  return `${ordered.join('\n')}\n\n${rest.replace(/\n\];/, `\n  ${className},\n];`)}`;
}

function camelCase(intent: string): string {
  return intent.replace(/(^|-)([a-z0-9])/g, (_match, _hyphen, letter: string) => letter.toUpperCase());
}

function template(intent: string, className: string): string {
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

/** ${intent.charAt(0).toUpperCase()}${intent.slice(1).replaceAll('-', ' ')}: say here why. */
export class ${className} implements MigrationInterface {
  name = '${className}';

  async up(db: QueryRunner): Promise<void> {
    await db.query(\`
      \`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(\`
      \`);
  }
}
`;
}
