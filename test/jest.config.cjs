// CommonJS mode: @swc/jest transpiles our TypeScript and the packages that ship ES modules only.
const esmOnly = [
  '@nestjs',
  'jose',
  'es-toolkit',
  'file-type',
  'dotenv',
  'js-yaml',
  'oidc-provider',
  'koa',
  'content-disposition',
  'uuid',
  'canonicalize',
  'openid-client',
  'oauth4webapi',
  'commander',
].join('|');

const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
    target: 'es2023',
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

module.exports = {
  rootDir: '..',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  testEnvironment: 'node',
  transform: { '^.+\\.[cm]?[jt]s$': ['@swc/jest', swc] },
  transformIgnorePatterns: [`node_modules/(?!(?:.*/)?(${esmOnly})/)`],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  globalSetup: '<rootDir>/test/support/global-setup.cjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.cjs',
  reporters: ['default', '<rootDir>/test/support/answers-reporter.cjs'],
  testTimeout: 60_000,
  maxWorkers: '100%',
  // Each file leaves some 30 MB behind; a worker that has to look through gigabytes of it is slower than a new one.
  workerIdleMemoryLimit: '1GB',
};
