import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { nodesHere } from './lib/nodes.ts';

const version = '20.20.2';
const name = `node-${process.platform}-${process.arch}`;
let folder: string;
let registry: Server;
let url: string;
const asked: string[] = [];

/** A registry for the real npm, with one package, which is laid out as the published one is. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'artdag-nodes-'));
  mkdirSync(join(folder, 'package', 'bin'), { recursive: true });
  writeFileSync(join(folder, 'package', 'package.json'), JSON.stringify({ name, version, files: ['bin'] }));
  const node = join(folder, 'package', 'bin', 'node');
  writeFileSync(node, `#!/bin/sh\necho v${version}\n`);
  chmodSync(node, 0o755);
  execFileSync('tar', ['czf', 'package.tgz', 'package'], { cwd: folder });
  registry = createServer((request, response) => {
    asked.push(request.url ?? '');
    const dist = { tarball: `${url}/package.tgz` };
    const packument = { name, 'dist-tags': { latest: version }, versions: { [version]: { name, version, dist } } };
    if (request.url === '/package.tgz') response.end(readFileSync(join(folder, 'package.tgz')));
    else if (request.url === `/${name}`) response.end(JSON.stringify(packument));
    else response.writeHead(404).end();
  });
  await once(registry.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
});
afterAll(() => {
  registry?.close();
  rmSync(folder, { recursive: true });
});

it('gets Node 20 from npm where the machine has none', async () => {
  const path = join(folder, 'path');
  mkdirSync(path);
  symlinkSync(process.execPath, join(path, 'node'));
  symlinkSync(execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim(), join(path, 'npm'));
  const env = { PATH: path, HOME: folder, npm_config_registry: url, npm_config_update_notifier: 'false' };
  expect(nodesHere(env).map((node) => node.version)).toEqual([process.version]);

  // In a process of its own, as it waits for npm and npm for the registry.
  const lib = join(import.meta.dirname, 'lib', 'nodes.ts');
  const script = `import { node20 } from ${JSON.stringify(lib)}; console.log(JSON.stringify(node20(${JSON.stringify(folder)})));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env });
  const found = JSON.parse(stdout) as { version: string; path: string };
  expect(asked).toEqual([`/${name}`, '/package.tgz']);
  expect([found.version, execFileSync(found.path, ['--version'], { encoding: 'utf8' })]).toEqual([
    `v${version}`,
    `v${version}\n`,
  ]);
});
