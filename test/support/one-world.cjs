const { TestEnvironment } = require('jest-environment-node');

let world;

/** The one world of a worker (`one-registry.cjs` says why). What runs the tests of a file is new for each. */
module.exports = class OneWorld extends TestEnvironment {
  constructor(config, context) {
    if (world) return world;
    super(config, context);
    world = this;
    this.own = new Set(Object.getOwnPropertySymbols(this.global));
  }

  async teardown() {
    for (const symbol of Object.getOwnPropertySymbols(this.global)) {
      if (!this.own.has(symbol)) Reflect.deleteProperty(this.global, symbol);
    }
  }
};
