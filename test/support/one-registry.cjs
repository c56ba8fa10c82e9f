const { default: Runtime } = require('jest-runtime');

const modules = new Map();
/** For the lines in stack traces. */
const sourceMaps = new Map();
let current;

/**
 * Jest gives each test file a JavaScript world of its own and evaluates every module anew in it. That was more than
 * half of a run: Nest, TypeORM, the OAuth engine and the service take seconds to load, and all of it was cold each time.
 * No test replaces a module, and the service keeps nothing in its modules (several of it run in one process), so the
 * test files that one worker runs share one world and its modules.
 */
class OneRegistry extends Runtime {
  constructor(...parameters) {
    super(...parameters);
    const [testPath, { watch, watchAll }] = parameters.slice(-2);
    this.testPath = testPath;
    this.isWatching = watch || watchAll; // and modules change from one run to the next
    current = this;
    copy(modules, this.registries.getActiveCjsRegistry());
    copy(sourceMaps, this.getSourceMaps());
  }

  /** A module of an earlier file that loads another one late, such as a driver, does so through the present file. */
  requireModuleOrMock(from, name) {
    return this === current ? super.requireModuleOrMock(from, name) : current.requireModuleOrMock(from, name);
  }

  /** Restores what was spied on, too. */
  teardown() {
    if (!this.isWatching) copy(this.registries.getActiveCjsRegistry(), modules);
    modules.delete(this.testPath);
    copy(this.getSourceMaps(), sourceMaps);
    super.teardown();
  }
}

function copy(from, to) {
  for (const [key, value] of from) to.set(key, value);
}

module.exports = { __esModule: true, default: OneRegistry };
