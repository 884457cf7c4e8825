import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

interface Seen {
  method: string;
  path: string;
  authorization: string | undefined;
  idempotencyKey: string | undefined;
  body: Record<string, unknown>;
}

const client = join(import.meta.dirname, '..', 'dist', 'artdag.mjs');
let home: string;
let server: Server;
let seen: Seen[];
let answer: (seen: Seen, count: number) => { status: number; body: unknown } | 'hang up';

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'artdag-cli-'));
  seen = [];
  server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { authorization, 'idempotency-key': key } = request.headers;
      const call = {
        method: request.method ?? '',
        path: request.url ?? '',
        authorization,
        idempotencyKey: key?.toString(),
        body,
      };
      seen.push(call);
      const reply = answer(call, seen.length);
      if (reply === 'hang up') return response.destroy();
      return response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(home, { recursive: true, force: true });
});

const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

function artdag(args: string[], input = ''): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, HOME: home, NODE_OPTIONS: '' } };
    const child = execFile(process.execPath, [client, ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

async function logIn(): Promise<void> {
  answer = () => ({ status: 200, body: { session_token: 'opaque-session', expires_at: '2026-01-17T12:00:00Z' } });
  await artdag(['login', '--server', origin(), '--username', 'ada', '--password-stdin'], 'correct horse\n');
  seen = [];
}

const asset = (body: Record<string, unknown>): Record<string, unknown> => ({
  ...body,
  owner: 'ada',
  activity_url: 'http://l2/activities/1',
  object_id: 'http://l2/objects/2',
});

describe('artdag', () => {
  it('says its version, the one in package.json', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {
      version: string;
    };
    expect((await artdag(['--version'])).stdout.trim()).toBe(version);
  });

  it('logs in and keeps the session where its owner alone can read it', async () => {
    answer = () => ({ status: 200, body: { session_token: 'opaque-session', expires_at: '2026-01-17T12:00:00Z' } });
    const { code, stdout } = await artdag(
      ['login', '--server', `${origin()}/`, '--username', 'ada', '--password-stdin'],
      'correct horse\n',
    );
    expect([code, stdout]).toEqual([0, `Logged in to ${origin()} as ada.\n`]);
    expect(seen).toMatchObject([
      { method: 'POST', path: '/auth/login', body: { username: 'ada', password: 'correct horse' } },
    ]);
    const file = join(home, '.artdag', 'client.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ server: origin(), token: 'opaque-session' });
  });

  it('passes the reason of a refused login on and keeps nothing', async () => {
    answer = () => ({ status: 401, body: { detail: 'Invalid credentials', code: 'invalid_credentials' } });
    const { code, stderr } = await artdag(
      ['login', '--server', origin(), '--username', 'ada', '--password-stdin'],
      'wrong',
    );
    expect([code, stderr]).toEqual([1, 'artdag: Invalid credentials (invalid_credentials)\n']);
    expect((await artdag(['assets'])).stderr).toContain('you are not logged in');
  });

  it('claims a file by its SHA3-256 hash, named and typed after it', async () => {
    await logIn();
    answer = (call) => ({ status: 201, body: asset(call.body) });
    const file = join(home, 'Süßer Sonnenaufgang.png');
    writeFileSync(file, '');
    const { code, stdout } = await artdag(['upload', file, '--tag', 'a', '--tag', 'b']);
    expect(code).toBe(0);
    expect(stdout).toContain('a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a');
    expect(seen).toMatchObject([
      { path: '/assets', authorization: 'Bearer opaque-session', body: { asset_type: 'image', tags: ['a', 'b'] } },
    ]);
    expect(seen[0]?.body['name']).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:-]*\.png$/);
  });

  it('asks again with the same idempotency key when an answer was lost', async () => {
    await logIn();
    answer = (call, count) => (count === 1 ? 'hang up' : { status: 201, body: asset(call.body) });
    const file = join(home, 'a.bin');
    writeFileSync(file, 'bytes');
    expect((await artdag(['upload', file])).code).toBe(0);
    expect(seen).toHaveLength(2);
    expect(seen[0]?.idempotencyKey).toBeTruthy();
    expect(seen[1]?.idempotencyKey).toBe(seen[0]?.idempotencyKey);
  });

  it.each([
    ['a missing file', ['upload', 'no-such-file'], 1, 'there is no file no-such-file'],
    ['a folder', ['upload', '.'], 1, '. is not a file'],
    [
      'an address that is none',
      ['login', '--server', 'ftp://x', '--username', 'ada', '--password-stdin'],
      1,
      'is no server address',
    ],
    [
      'a server that is not there',
      ['login', '--server', 'http://127.0.0.1:9', '--username', 'ada', '--password-stdin'],
      1,
      'cannot be reached',
    ],
  ])('answers %s with one clear line', async (_, args, code, reason) => {
    await logIn();
    const result = await artdag(args, 'x');
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(reason);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('tells a session that has ended to log in again, with exit code 2', async () => {
    await logIn();
    answer = () => ({ status: 401, body: { detail: 'Unauthorized', code: 'unauthorized' } });
    const { code, stderr } = await artdag(['assets']);
    expect([code, stderr]).toEqual([2, 'artdag: your session has ended. Run: artdag login\n']);
  });
});
