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
  '@opentelemetry/otlp-exporter-base', // imports when it is used, which jest's CommonJS cannot
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
  testEnvironment: '<rootDir>/test/support/one-world.cjs',
  runtime: '<rootDir>/test/support/one-registry.cjs',
  setupFiles: ['<rootDir>/test/support/quiet.cjs', '<rootDir>/test/support/recorder.cjs'],
  transform: { '^.+\\.[cm]?[jt]s$': ['@swc/jest', swc] },
  transformIgnorePatterns: [`node_modules/(?!(?:.*/)?(${esmOnly})/)`],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  globalSetup: '<rootDir>/test/support/global-setup.cjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.cjs',
  reporters: [
    'default',
    '<rootDir>/test/support/answers-reporter.cjs',
    '<rootDir>/test/support/statements-reporter.cjs',
  ],
  testTimeout: 60_000,
  maxWorkers: '100%',
  workerIdleMemoryLimit: '1500MB',
};
