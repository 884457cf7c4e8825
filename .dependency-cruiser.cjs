/** The import rules of docs/architecture.md, one entry each. `tests/import-rules.test.ts` breaks every one of them on purpose. */
const services = ['gateway', 'auth', 'identity', 'asset-registry', 'federation', 'l1-bridge', 'web', 'standalone'];
const contextOf = {
  auth: 'auth',
  identity: 'identity',
  'asset-registry': 'registry',
  federation: 'federation',
  'l1-bridge': 'bridge',
};
const mayImport = {
  events: [],
  'service-kit': [],
  'key-value': [],
  revocation: ['key-value', 'service-kit'],
  'rate-limit': ['key-value', 'service-kit'],
  'safe-fetch': [],
  'http-signatures': [],
  claims: [],
  'ld-signatures': [],
  envelope: [],
  'transparency-log': ['claims'],
  opentimestamps: [],
  certificates: ['claims', 'opentimestamps', 'transparency-log'],
  msign: [],
  'l1-kit': ['http-signatures'],
  database: [],
  'actor-context': ['service-kit'],
  messaging: ['events', 'service-kit'],
  'actor-keys': ['claims', 'envelope', 'messaging'],
  'admin-cli': ['actor-context', 'actor-keys', 'database', 'envelope', 'service-kit'],
};

const packageRules = Object.entries(mayImport).map(([name, allowed]) => ({
  name: `package-${name}`,
  severity: 'error',
  comment: `packages/${name} may import ${allowed.length ? allowed.join(', ') : 'no internal package'}.`,
  from: { path: `^packages/${name}/src/` },
  to: { path: '^(packages|services|tests)/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
}));

/** A service may use its own context of the database package, and nothing else of it. */
const databaseRules = services
  .filter((name) => name !== 'standalone')
  .map((name) => {
    const context = contextOf[name];
    return {
      name: `database-context-${name}`,
      severity: 'error',
      comment: `services/${name} may import ${context ? `@artdag/database/${context} only` : 'nothing'} of the database package.`,
      from: { path: `^services/${name}/src/` },
      to: { path: '^packages/database/', ...(context ? { pathNot: `^packages/database/(src|dist)/${context}/` } : {}) },
    };
  });

module.exports = {
  forbidden: [
    ...packageRules,
    ...databaseRules,
    {
      name: 'events-zod-only',
      severity: 'error',
      comment: 'packages/events imports zod and nothing else.',
      from: { path: '^packages/events/src/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^packages/events/', '^node_modules/zod/'] },
    },
    {
      name: 'package-imports-service',
      severity: 'error',
      comment: 'A package never imports a service.',
      from: { path: '^packages/' },
      to: { path: '^services/' },
    },
    {
      name: 'service-imports-service',
      severity: 'error',
      comment: 'A service never imports another service; standalone alone may.',
      from: { path: '^services/([^/]+)/', pathNot: '^services/standalone/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'testing-in-tests-only',
      severity: 'error',
      comment: 'packages/testing is imported by tests (and by the benchmarks) only.',
      from: {
        path: '^(packages|services)/',
        pathNot: ['\\.(test|testing)\\.ts$', '^packages/(testing|bench)/', '\\.contract\\.ts$'],
      },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'route-imports-repository',
      severity: 'error',
      comment: 'A route calls a use case; only use cases (and the composition root) know repositories.',
      from: { path: '^services/.+\\.route\\.ts$' },
      to: { path: '\\.repository\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'use-case-imports-database',
      severity: 'error',
      comment: 'Only repositories, the composition root, consumers and the log speak to the database package.',
      from: {
        path: '^services/',
        pathNot: [
          '\\.repository\\.ts$',
          '/(service|compose|part)\\.ts$',
          '\\.(test|testing)\\.ts$',
          '^services/standalone/',
        ],
      },
      to: { path: '^packages/database/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'foreign-repository',
      severity: 'error',
      comment: "A resource never imports another resource's repository.",
      from: { path: '^services/([^/]+)/src/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^services/$1/src/.+\\.repository\\.ts$', pathNot: '^services/$1/src/$2/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two modules that need each other are one module, or three.',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/dist/', '/generated/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@artdag/source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
