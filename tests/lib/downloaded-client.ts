import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { node20, type Node } from './nodes.ts';

const execute = promisify(execFile);

/** What somebody has who has downloaded the client and nothing else. */
export interface DownloadedClient {
  archive: Buffer;
  headers: Headers;
  /** Where it is unpacked. */
  folder: string;
  nodes: Node[];
  remove(): void;
}

/** Fetches `/download/client` and unpacks it. */
export async function downloadClient(url: string): Promise<DownloadedClient> {
  const folder = mkdtempSync(join(tmpdir(), 'artdag-downloaded-'));
  const response = await fetch(`${url}/download/client`);
  const archive = Buffer.from(await response.arrayBuffer());
  writeFileSync(join(folder, 'artdag-client.tar.gz'), archive);
  await execute('tar', ['xzf', 'artdag-client.tar.gz'], { cwd: folder });
  const nodes = [node20(join(folder, 'node-20')), { version: process.version, path: process.execPath }];
  return { archive, headers: response.headers, folder, nodes, remove: () => rmSync(folder, { recursive: true }) };
}

interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

/** A first claim and its proof, by the downloaded file on one Node, with a home that was empty. */
export async function claimWithDownload({ folder }: DownloadedClient, node: Node, url: string): Promise<void> {
  const home = mkdtempSync(join(folder, 'home-'));
  const env = { HOME: home, PATH: `${dirname(node.path)}:/usr/bin:/bin` };
  const artdag = (...args: string[]): Promise<Run> =>
    execute(join(folder, 'package', 'artdag.mjs'), args, { cwd: home, env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: Run) => ({ code, stdout, stderr }),
    );
  const done = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await artdag(...args);
    expect([args, code, stderr]).toEqual([args, 0, expect.any(String)]);
    return stdout;
  };
  const handle = `on-${node.version.replaceAll('.', '-')}`;
  expect((await execute(node.path, ['--version'])).stdout).toBe(`${node.version}\n`);

  await done('keys', 'new', '--out', 'laptop.pem');
  const login = ['login', '--server', url, '--key', 'laptop.pem', '--handle', handle];
  expect(await done(...login)).toContain(`Registered ${handle}`);
  writeFileSync(join(home, 'work.bin'), `A work of ${handle}.`);
  expect(await done('upload', 'work.bin', '--name', `${handle}.bin`)).toContain(`Registered ${handle}.bin`);
  expect(await done('assets', '--owner', handle)).toContain(`${handle}.bin`);

  await eventually(() => done('certificate', `${handle}.bin`, '-o', 'cert.json'));
  const { vkeys } = (await (await fetch(`${url}/log/vkeys`)).json()) as { vkeys: { vkey: string }[] };
  // Nothing is anchored yet, which is not false and not proved.
  const verified = await artdag('verify', 'work.bin', 'cert.json', '--log-key', vkeys[0]?.vkey ?? '');
  expect(verified.code).toBe(3);
  expect(verified.stdout.match(/^(content|signature|log entry|inclusion|key|log signature) +yes /gm)).toHaveLength(6);
  await done('logout');
}

/** Installs the file with npm, without network and without settings, and asks what has come for its version. */
export async function installWithNpm({ folder }: DownloadedClient): Promise<{ modules: string[]; version: string }> {
  const prefix = join(folder, 'installed');
  mkdirSync(prefix);
  const cache = join(folder, 'npm-cache');
  const env = { PATH: process.env['PATH'], HOME: prefix, npm_config_cache: cache, npm_config_update_notifier: 'false' };
  const install = ['install', '--prefix', prefix, '--offline', '--no-audit', '--no-fund', './artdag-client.tar.gz'];
  await execute('npm', install, { cwd: folder, env });
  const { stdout } = await execute('npx', ['--offline', 'artdag', '--version'], { cwd: prefix, env });
  const modules = readdirSync(join(prefix, 'node_modules'), { recursive: true }).map(String);
  return { modules: modules.filter((path) => path.endsWith('package.json')), version: stdout.trim() };
}
