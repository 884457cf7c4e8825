import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clientFolder, runArtdag, type Run } from './run-artdag.testing.ts';

interface Seen {
  method: string;
  path: string;
  authorization: string | undefined;
  apiKey: string | undefined;
  userAgent: string | undefined;
  idempotencyKey: string | undefined;
  body: Record<string, unknown>;
}

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
      const { authorization, 'idempotency-key': key, 'x-api-key': apiKey, 'user-agent': userAgent } = request.headers;
      const call = {
        method: request.method ?? '',
        path: request.url ?? '',
        authorization,
        apiKey: apiKey?.toString(),
        userAgent,
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

const artdag = (args: string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<Run> =>
  runArtdag(home, args, { input, env });

const session = { session_token: 'opaque-session', expires_at: '2026-01-17T12:00:00Z' };
const tokens = (n: number, expiresIn = 3600) => ({
  access_token: `access.${n}.x`,
  token_type: 'Bearer',
  expires_in: expiresIn,
  refresh_token: `refresh-${n}`,
});

async function logIn(more: Record<string, unknown> = tokens(1)): Promise<void> {
  answer = () => ({ status: 200, body: { ...session, ...more } });
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
    answer = () => ({ status: 200, body: { ...session, ...tokens(1) } });
    const { code, stdout } = await artdag(
      ['login', '--server', `${origin()}/`, '--username', 'ada', '--password-stdin'],
      'correct horse\n',
    );
    expect([code, stdout]).toEqual([0, `Logged in to ${origin()} as ada.\n`]);
    expect(seen).toMatchObject([
      { method: 'POST', path: '/auth/login', body: { username: 'ada', password: 'correct horse' } },
    ]);
    const file = join(clientFolder(home), 'client.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(clientFolder(home)).mode & 0o777).toBe(0o700);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      ...{ server: origin(), session_token: 'opaque-session' },
      ...{ access_token: 'access.1.x', refresh_token: 'refresh-1' },
    });
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
      { path: '/assets', authorization: 'Bearer access.1.x', body: { asset_type: 'image', tags: ['a', 'b'] } },
    ]);
    expect(seen[0]?.body['name']).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:-]*\.png$/);
  });

  it('records a run by its L1, its id and a name, and asks again when an answer was lost', async () => {
    await logIn();
    const recorded = {
      name: 'cut',
      content_hash: 'ab',
      asset_type: 'video',
      owner: 'ada',
      activity_url: 'https://x/a',
    };
    answer = (_call, count) =>
      count === 1 ? 'hang up' : { status: 201, body: { ...recorded, provenance: { inputs: ['one'] } } };
    const { code, stdout } = await artdag(['record-run', 'https://l1.example', 'run-7', 'cut', '--tag', 'a']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('Recorded cut (video), claimed by ada, made from 1 input.'),
    ]);
    const body = { l1_server: 'https://l1.example', run_id: 'run-7', output_name: 'cut', tags: ['a'] };
    expect(seen).toMatchObject([{ path: '/assets/record-run', body }, { body }]);
  });

  it('says in one line why a run is not recorded', async () => {
    await logIn();
    answer = () => ({ status: 409, body: { code: 'run_not_completed', detail: 'It goes on.' } });
    const { code, stderr } = await artdag(['record-run', 'https://l1.example', 'run-7', 'cut']);
    expect([code, stderr.trim().split('\n').length]).toEqual([1, 1]);
    expect(stderr).toContain('It goes on. (run_not_completed)');
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

describe('the session of a login', () => {
  const page = { assets: [], total: 0, next_cursor: null };
  const me = {
    ...{ username: 'ada', actor_id: 'user:1', actor_type: 'human', auth: { method: 'bearer', expires_at: null } },
    memberships: [{ microdao_id: 'microdao:ada', role: 'owner' }],
  };
  const file = () => join(clientFolder(home), 'client.json');
  const remembered = () => JSON.parse(readFileSync(file(), 'utf8')) as Record<string, unknown>;

  it('gets a new access token when the old one has ended, asks again when the answer is lost, and remembers it', async () => {
    await logIn(tokens(1, 10));
    answer = (call, count) => {
      if (call.path !== '/auth/refresh') return { status: 200, body: page };
      return count === 1 ? 'hang up' : { status: 200, body: tokens(2) };
    };
    expect((await artdag(['assets'])).code).toBe(0);
    expect(seen.map(({ path }) => path.split('?')[0])).toEqual(['/auth/refresh', '/auth/refresh', '/assets']);
    expect(seen[1]).toMatchObject({ body: { refresh_token: 'refresh-1' }, authorization: undefined });
    expect(new Set(seen.map(({ userAgent }) => userAgent))).toEqual(new Set(['artdag-cli/0.1.0']));
    expect(seen[2]?.authorization).toBe('Bearer access.2.x');
    expect(remembered()).toMatchObject({ session_token: 'opaque-session', refresh_token: 'refresh-2' });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    seen = [];
    await artdag(['assets']);
    expect(seen).toHaveLength(1);
  });

  it('uses what another artdag has refreshed in the meantime', async () => {
    await logIn(tokens(1, 10));
    answer = (call) => {
      if (call.path !== '/auth/refresh') return { status: 200, body: page };
      const access_expires_at = new Date(Date.now() + 3_600_000).toISOString();
      writeFileSync(file(), JSON.stringify({ ...remembered(), ...tokens(3), access_expires_at }));
      return { status: 400, body: { code: 'invalid_grant', detail: 'The refresh token was used before.' } };
    };
    expect((await artdag(['assets'])).code).toBe(0);
    expect(seen.at(-1)?.authorization).toBe('Bearer access.3.x');
  });

  it('is over, with exit code 2, when it cannot be refreshed', async () => {
    await logIn(tokens(1, 10));
    answer = () => ({ status: 400, body: { code: 'invalid_grant', detail: 'Used before.' } });
    const { code, stderr } = await artdag(['assets']);
    expect([code, stderr]).toEqual([2, 'artdag: your session has ended. Run: artdag login\n']);
    expect(seen).toHaveLength(1);
  });

  it('is the session token where the server gave no other', async () => {
    await logIn({});
    answer = () => ({ status: 200, body: page });
    await artdag(['assets']);
    expect(seen[0]?.authorization).toBe('Bearer opaque-session');
  });

  it.each([
    ['ends', 200, { status: 'logged_out' }],
    ['had ended before', 401, { code: 'unauthorized', detail: 'Unauthorized' }],
  ])('%s with artdag logout, which forgets its tokens', async (_, status, body) => {
    await logIn();
    answer = () => ({ status, body });
    expect(await artdag(['logout', '--all'])).toMatchObject({ code: 0, stdout: `Logged out of ${origin()}.\n` });
    expect(seen).toMatchObject([
      { method: 'POST', path: '/auth/logout', authorization: 'Bearer opaque-session', body: { all: true } },
    ]);
    expect(existsSync(file())).toBe(false);
    expect(await artdag(['logout'])).toMatchObject({ code: 0, stdout: 'You are not logged in.\n' });
  });

  it('is kept when the server could not end it, to try again', async () => {
    await logIn();
    answer = () => ({ status: 503, body: { code: 'revocation_unavailable', detail: 'Try again.' } });
    expect((await artdag(['logout'])).code).toBe(1);
    expect(remembered()).toMatchObject({ session_token: 'opaque-session' });
  });

  it('is shown by artdag whoami', async () => {
    await logIn();
    answer = () => ({ status: 200, body: me });
    expect((await artdag(['whoami'])).stdout).toBe('ada (human, user:1)\n  owner of microdao:ada\n');
    expect(JSON.parse((await artdag(['whoami', '--json'])).stdout)).toEqual(me);
  });

  it('gives way to an API key, which goes to the server that is named', async () => {
    answer = () => ({ status: 200, body: me });
    const named = { ARTDAG_SERVER: origin() };
    expect((await artdag(['whoami'], '', { ...named, ARTDAG_API_KEY: 'dk_env' })).code).toBe(0);
    expect((await artdag(['--api-key', 'dk_option', 'whoami'], '', named)).code).toBe(0);
    expect(seen.map(({ apiKey, authorization }) => [apiKey, authorization])).toEqual([
      ['dk_env', undefined],
      ['dk_option', undefined],
    ]);
    answer = () => ({ status: 401, body: { code: 'invalid_api_key', detail: 'x' } });
    const { code, stderr } = await artdag(['whoami'], '', { ...named, ARTDAG_API_KEY: 'dk_secret' });
    expect([code, stderr]).toEqual([2, expect.stringContaining('the API key is not accepted')]);
    expect(stderr).not.toContain('dk_secret');
  });
});

describe('where a login is kept', () => {
  const me = { username: 'ada', actor_id: 'user:1', actor_type: 'human', memberships: [], auth: { expires_at: null } };
  const loginByApiKey = (key: string, env: NodeJS.ProcessEnv = {}): Promise<Run> => {
    answer = ({ apiKey }) =>
      apiKey === 'dk_good'
        ? { status: 200, body: me }
        : { status: 401, body: { code: 'invalid_api_key', detail: 'x' } };
    return artdag(['login', '--server', origin(), '--api-key-stdin'], `${key}\n`, env);
  };

  it('keeps an API key, from standard input, that the server takes', async () => {
    expect(await loginByApiKey('dk_good')).toMatchObject({
      ...{ code: 0, stdout: `Logged in to ${origin()} as ada, by an API key.\n` },
    });
    const file = join(clientFolder(home), 'client.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ server: origin(), username: 'ada', api_key: 'dk_good' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    seen = [];
    expect(JSON.parse((await artdag(['whoami', '--json'])).stdout)).toEqual(me);
    expect(seen).toMatchObject([{ path: '/auth/me', apiKey: 'dk_good' }]);
    const { stdout } = await artdag(['logout']);
    expect([stdout, seen.length]).toEqual([expect.stringContaining('The API key itself stays valid.'), 1]);
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['one that the server refuses', 'dk_bad', 2, 'the API key is not accepted'],
    ['none at all', '', 1, 'standard input holds no API key'],
  ])('keeps nothing of %s', async (_, key, code, reason) => {
    expect(await loginByApiKey(key)).toMatchObject({ code, stderr: expect.stringContaining(reason) });
    expect(existsSync(clientFolder(home))).toBe(false);
  });

  it('is where the platform has it, or the file that ARTDAG_CLIENT_CONFIG names', async () => {
    const elsewhere = join(home, 'elsewhere');
    await loginByApiKey('dk_good', { XDG_CONFIG_HOME: elsewhere });
    expect(readdirSync(elsewhere)).toEqual(['artdag']);
    const file = join(home, 'named.json');
    await loginByApiKey('dk_good', { XDG_CONFIG_HOME: elsewhere, ARTDAG_CLIENT_CONFIG: file });
    expect(existsSync(file)).toBe(true);
  });

  it('is said to be unreadable when it is, and not to be missing', async () => {
    mkdirSync(join(clientFolder(home), 'client.json'), { recursive: true });
    const { code, stderr } = await artdag(['whoami']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('client.json cannot be read (EISDIR)')]);
  });

  it('goes on being ~/.artdag/client.json where that is there already', async () => {
    const older = join(home, '.artdag', 'client.json');
    mkdirSync(join(home, '.artdag'));
    writeFileSync(older, JSON.stringify({ server: origin(), username: 'ada', api_key: 'dk_good' }));
    answer = () => ({ status: 200, body: me });
    expect((await artdag(['whoami'])).code).toBe(0);
    await loginByApiKey('dk_good');
    expect([existsSync(clientFolder(home)), statSync(older).mode & 0o777]).toEqual([false, 0o600]);
    await artdag(['logout']);
    await loginByApiKey('dk_good');
    expect([existsSync(clientFolder(home)), existsSync(older)]).toEqual([true, false]);
  });
});
