import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const depcruise = join(root, 'node_modules', '.bin', 'depcruise');
let house: string;

/** Every rule of docs/architecture.md, and an import that breaks it: [rule, the file that does it, its line, the file that it reaches]. */
const breaches: [rule: string, file: string, line: string, target: string][] = [
  [
    'package-events',
    'packages/events/src/bad.ts',
    "import '@artdag/service-kit';",
    'packages/service-kit/src/index.ts',
  ],
  ['events-zod-only', 'packages/events/src/bad-library.ts', "import 'express';", 'node_modules/express/index.js'],
  [
    'package-service-kit',
    'packages/service-kit/src/bad.ts',
    "import '@artdag/events';",
    'packages/events/src/index.ts',
  ],
  [
    'package-key-value',
    'packages/key-value/src/bad.ts',
    "import '@artdag/service-kit';",
    'packages/service-kit/src/index.ts',
  ],
  [
    'package-admin-cli',
    'packages/admin-cli/src/bad.ts',
    "import '@artdag/messaging';",
    'packages/messaging/src/index.ts',
  ],
  [
    'package-actor-keys',
    'packages/actor-keys/src/bad.ts',
    "import '@artdag/database/identity';",
    'packages/database/src/identity/index.ts',
  ],
  [
    'package-revocation',
    'packages/revocation/src/bad.ts',
    "import '@artdag/messaging';",
    'packages/messaging/src/index.ts',
  ],
  [
    'package-rate-limit',
    'packages/rate-limit/src/bad.ts',
    "import '@artdag/revocation';",
    'packages/revocation/src/index.ts',
  ],
  [
    'package-safe-fetch',
    'packages/safe-fetch/src/bad.ts',
    "import '@artdag/service-kit';",
    'packages/service-kit/src/index.ts',
  ],
  [
    'package-http-signatures',
    'packages/http-signatures/src/bad.ts',
    "import '@artdag/safe-fetch';",
    'packages/safe-fetch/src/index.ts',
  ],
  [
    'package-claims',
    'packages/claims/src/bad.ts',
    "import '@artdag/service-kit';",
    'packages/service-kit/src/index.ts',
  ],
  [
    'package-envelope',
    'packages/envelope/src/bad.ts',
    "import '@artdag/service-kit';",
    'packages/service-kit/src/index.ts',
  ],
  [
    'package-transparency-log',
    'packages/transparency-log/src/bad.ts',
    "import '@artdag/service-kit';",
    'packages/service-kit/src/index.ts',
  ],
  [
    'package-opentimestamps',
    'packages/opentimestamps/src/bad.ts',
    "import '@artdag/service-kit';",
    'packages/service-kit/src/index.ts',
  ],
  [
    'package-certificates',
    'packages/certificates/src/bad.ts',
    "import '@artdag/service-kit';",
    'packages/service-kit/src/index.ts',
  ],
  [
    'package-ld-signatures',
    'packages/ld-signatures/src/bad.ts',
    "import '@artdag/service-kit';",
    'packages/service-kit/src/index.ts',
  ],
  [
    'package-l1-kit',
    'packages/l1-kit/src/bad.ts',
    "import '@artdag/service-kit';",
    'packages/service-kit/src/index.ts',
  ],
  ['package-msign', 'packages/msign/src/bad.ts', "import '@artdag/service-kit';", 'packages/service-kit/src/index.ts'],
  [
    'package-database',
    'packages/database/src/bad.ts',
    "import '@artdag/messaging';",
    'packages/messaging/src/index.ts',
  ],
  [
    'package-actor-context',
    'packages/actor-context/src/bad.ts',
    "import '@artdag/key-value';",
    'packages/key-value/src/index.ts',
  ],
  [
    'package-messaging',
    'packages/messaging/src/bad.ts',
    "import '@artdag/database/auth';",
    'packages/database/src/auth/index.ts',
  ],
  ['package-imports-service', 'packages/cli/src/bad.ts', "import '@artdag/auth';", 'services/auth/src/service.ts'],
  ['service-imports-service', 'services/identity/src/bad.ts', "import '@artdag/auth';", 'services/auth/src/service.ts'],
  [
    'database-context-auth',
    'services/auth/src/bad.repository.ts',
    "import '@artdag/database/identity';",
    'packages/database/src/identity/index.ts',
  ],
  [
    'database-context-identity',
    'services/identity/src/bad.repository.ts',
    "import '@artdag/database/auth';",
    'packages/database/src/auth/index.ts',
  ],
  [
    'database-context-asset-registry',
    'services/asset-registry/src/bad.repository.ts',
    "import '@artdag/database/auth';",
    'packages/database/src/auth/index.ts',
  ],
  [
    'database-context-federation',
    'services/federation/src/bad.repository.ts',
    "import '@artdag/database/registry';",
    'packages/database/src/registry/index.ts',
  ],
  [
    'database-context-l1-bridge',
    'services/l1-bridge/src/bad.repository.ts',
    "import '@artdag/database/migrate';",
    'packages/database/src/migrate/index.ts',
  ],
  [
    'database-context-gateway',
    'services/gateway/src/bad.repository.ts',
    "import '@artdag/database/auth';",
    'packages/database/src/auth/index.ts',
  ],
  [
    'database-context-web',
    'services/web/src/bad.repository.ts',
    "import '@artdag/database/auth';",
    'packages/database/src/auth/index.ts',
  ],
  [
    'testing-in-tests-only',
    'services/auth/src/bad-testing.ts',
    "import '@artdag/testing';",
    'packages/testing/src/index.ts',
  ],
  [
    'route-imports-repository',
    'services/auth/src/actors/bad.route.ts',
    "import './actor.repository.ts';",
    'services/auth/src/actors/actor.repository.ts',
  ],
  [
    'use-case-imports-database',
    'services/auth/src/actors/bad.ts',
    "import '@artdag/database/auth';",
    'packages/database/src/auth/index.ts',
  ],
  [
    'foreign-repository',
    'services/auth/src/sessions/bad.ts',
    "import '../actors/actor.repository.ts';",
    'services/auth/src/actors/actor.repository.ts',
  ],
  ['no-cycles', 'packages/cli/src/cycle-a.ts', "import './cycle-b.ts';", 'packages/cli/src/cycle-b.ts'],
];

function write(path: string, text: string): void {
  mkdirSync(dirname(join(house, path)), { recursive: true });
  writeFileSync(join(house, path), text);
}

/** A house with the walls of this one and a single line in each room. */
beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'artdag-house-'));
  mkdirSync(join(house, 'node_modules', '@artdag'), { recursive: true });
  for (const group of ['packages', 'services']) {
    for (const name of readdirSync(join(root, group)).filter((entry) =>
      existsSync(join(root, group, entry, 'package.json')),
    )) {
      mkdirSync(join(house, group, name), { recursive: true });
      cpSync(join(root, group, name, 'package.json'), join(house, group, name, 'package.json'));
      symlinkSync(join(house, group, name), join(house, 'node_modules', '@artdag', name));
      write(`${group}/${name}/src/${group === 'services' ? 'service' : 'index'}.ts`, 'export {};\n');
    }
  }
  for (const context of ['auth', 'identity', 'registry', 'federation', 'bridge', 'migrate']) {
    write(`packages/database/src/${context}/index.ts`, 'export {};\n');
  }
  write('services/auth/src/actors/actor.repository.ts', 'export {};\n');
  write('packages/cli/src/cycle-b.ts', "import './cycle-a.ts';\n");
  write('node_modules/express/package.json', '{"name":"express","version":"1.0.0","main":"index.js"}');
  write('node_modules/express/index.js', '');
  cpSync(join(root, '.dependency-cruiser.cjs'), join(house, '.dependency-cruiser.cjs'));
  write('package.json', '{"name":"house","private":true,"type":"module"}');
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

interface Violation {
  rule: { name: string };
  from: string;
  to: string;
}

function violations(): Violation[] {
  const { stdout, stderr } = spawnSync(
    depcruise,
    ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages', 'services'],
    {
      cwd: house,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (!stdout) throw new Error(stderr);
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

describe('the import rules', () => {
  it('find nothing in a house that keeps them', () => {
    expect(violations()).toEqual([]);
  });

  it('name every rule that is broken, and the file that breaks it', () => {
    for (const [, file, line] of breaches) write(file, `${line}\n`);
    const found = violations().map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
    for (const [rule, file, , target] of breaches) expect(found).toContain(`${rule}: ${file} → ${target}`);
  });

  it('have a breach here for every rule there', () => {
    const script =
      "console.log(JSON.stringify(require('./.dependency-cruiser.cjs').forbidden.map((rule) => rule.name)))";
    const names = JSON.parse(
      execFileSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' }),
    ) as string[];
    expect(new Set(breaches.map(([rule]) => rule))).toEqual(new Set(names));
  });
});
