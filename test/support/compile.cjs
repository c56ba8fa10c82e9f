const { transformFile } = require('@swc/core');
const { mkdir, readdir, symlink, writeFile } = require('node:fs/promises');
const { dirname, join } = require('node:path');

const root = join(__dirname, '../..');

/**
 * Compiles the sources as they are now into ES modules that plain Node.js can run, without looking at their types: for
 * what runs outside jest (the setup of a run, and tests that start processes).
 */
async function compile(folder, sources = ['src', 'migrations']) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const files = (await Promise.all(sources.map(sourcesOf))).flat();
  await Promise.all(files.map((file) => compileFile(file, join(folder, file.replace(/\.ts$/, '.js')))));
}

async function sourcesOf(folder) {
  const entries = await readdir(join(root, folder), { recursive: true });
  return entries.filter((name) => /(?<!\.spec|\.d)\.ts$/.test(name)).map((name) => join(folder, name));
}

async function compileFile(file, target) {
  const { code } = await transformFile(join(root, file), {
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      keepClassNames: true,
      target: 'es2023',
    },
    module: { type: 'es6' },
  });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
}

module.exports = { compile };
