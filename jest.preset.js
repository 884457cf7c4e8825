import { fileURLToPath } from 'node:url';

/** What every workspace's jest.config.js starts from: ESM TypeScript through swc, and workspace packages read from source. */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@artdag/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022', experimental: { keepImportAttributes: true } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  setupFilesAfterEnv: [fileURLToPath(new URL('./jest.setup.js', import.meta.url))],
  testMatch: ['<rootDir>/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '/dist/',
    ...(process.env.ARTDAG_TEST_IGNORE ? [process.env.ARTDAG_TEST_IGNORE] : []),
  ],
  modulePathIgnorePatterns: ['/dist/'],
};
