import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  version: string;
  optionalDependencies?: Record<string, string>;
}

const root = join(__dirname, '..');
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;

describe('the lockfile', () => {
  // npm leaves out platform packages that the registry lacks at the time, silently; `npm ci` then fails elsewhere.
  it('has every platform package that a locked package may need', () => {
    const names = new Set(Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)));
    const missing = Object.entries(packages)
      .filter(([path]) => path !== '')
      .flatMap(([path, { optionalDependencies = {} }]) =>
        Object.keys(optionalDependencies)
          .filter((name) => !names.has(name))
          .map((name) => `${path} → ${name}`),
      );
    expect(missing).toEqual([]);
  });

  it('names no registry', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });
});

describe('the manifest', () => {
  it.each(['dependencies', 'devDependencies', 'overrides'])('pins every one of its %s to one version', (kind) => {
    expect(Object.values(manifest[kind] ?? {}).filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual(
      [],
    );
  });
});
