import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

import ts from 'typescript';

export interface ImportRules {
  /** Which modules each module may import. */
  readonly allowed: Readonly<Record<string, readonly string[]>>;
  /** Modules that every other may import. */
  readonly open: readonly string[];
  /** Folders that put the service together, as the files beside them do: they may import anything, and none may them. */
  readonly exempt: readonly string[];
  /** Imports that have a reason of their own, as `from -> to`. */
  readonly exceptions: readonly string[];
}

export interface SourceFile {
  /** From the source folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export function sourcesIn(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(spec|d)\.ts$/.test(name))
    .map((name) => ({ path: name.split(sep).join('/'), text: readFileSync(join(folder, name), 'utf8') }));
}

/** Every import among these sources that the rules forbid, as `from -> to`. */
export function forbiddenImports(sources: readonly SourceFile[], rules: ImportRules): string[] {
  return sources.flatMap((source) =>
    importsOf(source)
      .filter((target) => !isAllowed(source.path, target, rules))
      .map((target) => `${source.path} -> ${target}`),
  );
}

/** The names of the packages that a file imports. */
export function packagesOf({ text }: SourceFile): string[] {
  return importedNames(text).filter((name) => !name.startsWith('.'));
}

/** What a file imports from the source folder, types and dynamic imports included. */
export function importsOf({ path, text }: SourceFile): string[] {
  return importedNames(text)
    .filter((name) => name.startsWith('.'))
    .map((name) =>
      relative('/src', resolve('/src', dirname(path), name))
        .split(sep)
        .join('/')
        .replace(/\.js$/, '.ts'),
    );
}

function importedNames(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

function isAllowed(from: string, to: string, { allowed, open, exempt, exceptions }: ImportRules): boolean {
  const source = moduleOf(from);
  const target = moduleOf(to);
  if (source === from || exempt.includes(source) || exceptions.includes(`${from} -> ${to}`)) return true;
  if (source === target) return true;
  const reachable = allowed[source];
  if (!reachable) return false;
  const openToSource = open.includes(source) ? open.slice(0, open.indexOf(source)) : open;
  return openToSource.includes(target) || reachable.includes(target);
}

/** The first folder, or the file itself where it lies in the source folder. */
function moduleOf(path: string): string {
  return path.split('/')[0] as string;
}
