import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { startStandInL2, type StandInL2 } from '../packages/l1-kit/src/stand-in-l2.testing.ts';
import { startLocalRegistry } from './lib/local-registry.ts';
import { nodesHere } from './lib/nodes.ts';
import { root } from './lib/scripts.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'artdag-l1-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An L1 of somebody who has the package and nothing else of this repository. */
const typescript = `
import { createL1Kit, type L1User } from '@artdag/l1-kit';
import express from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const app = express();
const server = createServer(app).listen(0, '127.0.0.1', () => {
  const publicUrl = \`http://127.0.0.1:\${(server.address() as AddressInfo).port}\`;
  const kit = createL1Kit({ publicUrl, l2Servers: [String(process.env['L2'])], onRevoked: ({ username }) => console.log('out', username) });
  app.use(kit.router);
  app.get('/me', kit.requireUser, (req, res) => {
    const user: L1User = kit.userOf(req);
    res.json(user.username);
  });
  console.log(\`ready at \${publicUrl} on \${process.version}\`);
});
`;

/** npm without the settings and the cache of whoever runs this. */
async function npm(args: string[], cwd: string): Promise<string> {
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: folder, npm_config_cache: join(folder, 'cache'), npm_config_update_notifier: 'false' };
  return (await run('npm', args, { cwd, env })).stdout;
}

let l2: StandInL2;
let l1Url = '';
beforeAll(async () => {
  l2 = await startStandInL2(() => l1Url);
  await npm(['pack', '--ignore-scripts', '--pack-destination', folder], join(root, 'packages', 'l1-kit'));
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'an-l1', private: true, type: 'module' }));
  const registry = await startLocalRegistry();
  try {
    const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--registry', registry.url];
    await npm(['install', ...quiet, join(folder, tarball), '@types/express', '@types/node'], folder);
  } finally {
    registry.close();
  }
  writeFileSync(join(folder, 'l1.ts'), typescript);
  const options = {
    strict: true,
    target: 'es2023',
    module: 'nodenext',
    types: ['node'],
    outDir: 'out',
    rootDir: '.',
    // The types of the package count as well.
    skipLibCheck: false,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['l1.ts'] }));
});
afterAll(() => l2?.close());

describe('the package @artdag/l1-kit, installed into an empty folder', () => {
  it('brings nothing of this repository along, and what it needs', async () => {
    expect(readdirSync(join(folder, 'node_modules', '@artdag'))).toEqual(['l1-kit']);
    expect(readdirSync(join(folder, 'node_modules'))).toEqual(
      expect.arrayContaining(['express', 'http-signature', 'sshpk']),
    );
    const files = readdirSync(join(folder, 'node_modules', '@artdag', 'l1-kit'), { recursive: true }).map(String);
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'dist/index.js', 'example/app.ts']));
    expect(files.filter((name) => /\.(test|testing)\.|tsbuildinfo|\.map$/.test(name))).toEqual([]);
  });

  it('has types that hold without skipLibCheck', async () => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
  });

  it.each(nodesHere().map(({ version, path }) => [version, path]))(
    'lets people in and out on Node %s',
    async (version, node) => {
      const child = spawn(node, [join(folder, 'out', 'l1.js')], {
        env: { L2: l2.url },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      try {
        l1Url = String(await eventually(() => /ready at (\S+)/.exec(output)?.[1] ?? false));
        expect(output).toContain(` on ${version}\n`);
        const { token, jti, tokenHash } = l2.mint('giles', l1Url);
        const arrived = await fetch(`${l1Url}/auth?auth_token=${token}`, { redirect: 'manual' });
        const cookie = arrived.headers.getSetCookie()[0]?.split(';')[0] ?? '';
        const me = async (): Promise<[number, unknown]> => {
          const response = await fetch(`${l1Url}/me`, { headers: { cookie } });
          return [response.status, await response.json()];
        };
        expect([arrived.status, await me()]).toEqual([303, [200, 'giles']]);
        const body = { jti, token_hash: tokenHash, username: 'giles', l2_server: l2.url };
        expect((await l2.call('/auth/revoke', body, { unsigned: true })).status).toBe(401);
        expect((await l2.call('/auth/revoke', body)).status).toBe(200);
        expect(await me()).toMatchObject([401, { code: 'not_signed_in' }]);
        expect(output).toContain('out giles\n');
      } finally {
        child.kill();
        await once(child, 'exit');
      }
    },
  );
});
