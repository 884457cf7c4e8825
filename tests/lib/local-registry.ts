import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { root } from './scripts.ts';

/** A package registry that has what is installed here, in those versions, so that a test can run `npm install` without any network. */
export async function startLocalRegistry(): Promise<{ url: string; close(): void }> {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, unknown>;
  };
  const paths = Object.keys(lock.packages).filter((path) => existsSync(join(root, path, 'package.json')));
  let url = '';
  const server = createServer((req, res) => {
    const path = decodeURIComponent((req.url ?? '').slice(1));
    if (path.startsWith('-/')) return sendTarball(join(root, path.slice(2)), res);
    const found = paths.filter((each) => `/${each}`.endsWith(`/node_modules/${path}`));
    if (found.length === 0) return void res.writeHead(404).end();
    res.setHeader('content-type', 'application/json');
    return void res.end(JSON.stringify(packumentOf(path, found, url)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function packumentOf(name: string, paths: readonly string[], url: string): object {
  const manifests = paths.map((path) => {
    const manifest = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as { version: string };
    return { ...manifest, dist: { tarball: `${url}/-/${path}` } };
  });
  const latest = manifests[0]?.version;
  return { name, 'dist-tags': { latest }, versions: Object.fromEntries(manifests.map((each) => [each.version, each])) };
}

/** npm takes off the first folder, whatever its name is. */
function sendTarball(folder: string, res: ServerResponse): void {
  const args = ['-czf', '-', '--exclude', 'node_modules', '-C', dirname(folder), basename(folder)];
  spawn('tar', args, { stdio: ['ignore', 'pipe', 'inherit'] }).stdout.pipe(res);
}
