import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RegistryServer, type Reply } from './registry-server.testing.ts';
import { runArtdag, type Run } from './run-artdag.testing.ts';

let home: string;
let server: RegistryServer;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'artdag-account-'));
  server = await new RegistryServer().start();
});

afterEach(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

const run = (args: string[], o: { input?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Run> =>
  runArtdag(home, args, { ...o, env: { ...server.env, ...o.env } });
const artdag = (...args: string[]): Promise<Run> => run(args);

/** Answers by method and path. */
function answerBy(replies: Record<string, Reply>): void {
  server.answer = ({ method, path }) => replies[`${method} ${path}`] ?? { status: 404, body: { code: 'not_found' } };
}

const calls = (): string[] => server.seen.map(({ method, path }) => `${method} ${path}`);
const bodies = (): unknown[] =>
  server.seen.filter(({ text }) => text !== '').map(({ text }) => JSON.parse(text) as unknown);

describe('artdag storage', () => {
  const storage = {
    ...{ id: 'sto_1', provider_type: 'psa', provider_name: 'my pins', capacity_gb: 50, used_bytes: 1_200_000 },
    ...{ is_active: true, last_test: null, pins: { total: 3, present: 2, missing: 1, changed: 0 } },
  };
  const list = { 'GET /storage': { status: 200, body: { storage: [storage] } } };

  it('lists providers, and how the copies are', async () => {
    answerBy(list);
    const [, row = ''] = (await artdag('storage', 'list')).stdout.split('\n');
    expect(row.split(/ {2,}/)).toEqual(['sto_1', 'my pins', 'psa', '1.2 MB of 50 GB', '3, 1 missing', 'not tested']);
  });

  it.each([
    ['standard input', { input: 'id-1\nsecret-1\n' }],
    ['the environment', { env: { ARTDAG_SECRET_ACCESS_KEY: 'id-1', ARTDAG_SECRET_SECRET_KEY: 'secret-1' } }],
    ['both', { input: 'secret-1', env: { ARTDAG_SECRET_ACCESS_KEY: 'id-1' } }],
  ])('adds one with secrets from %s', async (_, from) => {
    answerBy({ 'POST /storage': { status: 201, body: { ...storage, provider_type: 's3' } } });
    const fields = ['--set', 'bucket=art', '--set', 'endpoint=https://s3/?a=b'];
    const secrets = ['--secret', 'access_key', '--secret', 'secret_key'];
    const { code, stdout } = await run(['storage', 'add', 's3', '--name', 'my pins', ...fields, ...secrets], from);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Added my pins (s3, sto_1).')]);
    const config = { bucket: 'art', endpoint: 'https://s3/?a=b', access_key: 'id-1', secret_key: 'secret-1' };
    expect(bodies()).toEqual([{ provider_type: 's3', config, provider_name: 'my pins' }]);
  });

  it.each([
    [['--set', 'token=psa-1234'], 'Say --secret token'],
    [['--secret', 'psa-1234=x'], 'wants the name of a field'],
    [['--secret', 'token'], 'token is missing: give it in ARTDAG_SECRET_TOKEN'],
    [['--set', 'endpoint'], '--set wants FIELD=VALUE'],
  ])('takes no %j, shows no secret, and asks nobody', async (options, reason) => {
    const { code, stderr } = await artdag('storage', 'add', 'psa', ...options);
    expect([code, stderr, calls()]).toEqual([1, expect.stringContaining(reason), []]);
    expect(stderr).not.toContain('psa-1234');
  });

  it.each([
    [true, 0, 'my pins: ok, fine (12 ms)\n'],
    [false, 1, 'my pins: failed, fine (12 ms)\n'],
  ])('tests one by its name: %s is exit code %i', async (ok, code, stdout) => {
    answerBy({ ...list, 'POST /storage/sto_1/test': { status: 200, body: { ok, message: 'fine', latency_ms: 12 } } });
    expect(await artdag('storage', 'test', 'my pins')).toMatchObject({ code, stdout });
  });

  it('removes one, and one with copies only by force', async () => {
    answerBy({
      ...list,
      'DELETE /storage/sto_1': { status: 409, body: { code: 'storage_in_use', detail: 'x' } },
      'DELETE /storage/sto_1?force=true': { status: 204 },
    });
    const refused = await artdag('storage', 'remove', 'sto_1', '--yes');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('my pins has 3 copies on record')]);
    expect(await artdag('storage', 'remove', 'sto_1', '--yes', '--force')).toMatchObject({ code: 0 });
    const unknown = await artdag('storage', 'remove', 'other', '--yes');
    expect(unknown.stderr).toContain('See: artdag storage list');
  });
});

describe('artdag tokens', () => {
  const token = {
    ...{ id: 'tok_1', label: 'nightly', scopes: ['read:*'], org: null, created_at: '2026-11-22T00:00:00Z' },
    ...{ expires_at: '2099-01-01T00:00:00Z', last_used_at: null, revoked_at: null },
  };
  const key = {
    ...{ id: 'k1', key_preview: 'dk_abcde...', description: 'ci', created_at: '2026-11-22T00:00:00Z' },
    ...{ expires_at: null, last_used: '2026-11-22T01:00:00Z', is_active: true },
  };

  it('lists tokens and API keys, ended ones only with --all', async () => {
    answerBy({
      'GET /v1/tokens': {
        status: 200,
        body: { tokens: [token, { ...token, id: 'tok_2', revoked_at: token.created_at }] },
      },
      'GET /auth/api-keys': { status: 200, body: [key, { ...key, id: 'k2', is_active: false }] },
    });
    const { stdout } = await artdag('tokens', 'list');
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((row) => row.split(/ {2,}/)),
    ).toEqual([
      ['tok_1', 'token', 'nightly', 'read:*', 'never', 'until 2099-01-01T00:00:00Z'],
      ['k1', 'dk_abcde...', 'ci', '2026-11-22T01:00:00Z', 'for good'],
    ]);
    const all = JSON.parse((await artdag('tokens', 'list', '--all', '--json')).stdout) as Record<string, unknown[]>;
    expect([all['tokens']?.length, all['api_keys']?.length]).toEqual([2, 2]);
  });

  it('prints a new secret alone on standard output', async () => {
    const made = { id: 'tok_1', token: 'e.y.J', expires_at: '2099-01-01T00:00:00Z' };
    answerBy({
      'POST /v1/tokens': { status: 201, body: made },
      'POST /auth/api-keys': { status: 201, body: { id: 'k1', key: 'dk_new', expires_at: null } },
    });
    const first = await artdag('tokens', 'new', 'nightly', '--scope', 'read:*', '--expires', '12h');
    expect(first).toMatchObject({
      code: 0,
      stdout: 'e.y.J\n',
      stderr: expect.stringContaining('Made tok_1, until 2099'),
    });
    const second = await artdag('tokens', 'new', 'ci', '--kind', 'api-key', '--expires', '90d');
    expect(second).toMatchObject({ code: 0, stdout: 'dk_new\n', stderr: expect.stringContaining('Made k1, for good') });
    expect(bodies()).toEqual([
      { label: 'nightly', scopes: ['read:*'], expires_in: 43_200 },
      { description: 'ci', expires_days: 90 },
    ]);
  });

  it('says who may make them', async () => {
    answerBy({ 'POST /v1/tokens': { status: 403, body: { code: 'session_required', detail: 'Only a session may.' } } });
    const { code, stderr } = await artdag('tokens', 'new', 'x', '--scope', 'read:*');
    expect([code, stderr]).toEqual([
      1,
      'artdag: Only a session may. (session_required) Run: artdag login --username NAME\n',
    ]);
    expect((await artdag('tokens', 'new', 'x')).stderr).toContain('say what the token may do');
  });

  it('says where to see what a credential may do, when it may not do this', async () => {
    answerBy({ 'DELETE /v1/tokens/tok_1': { status: 403, body: { code: 'insufficient_scope', detail: 'Forbidden' } } });
    const { code, stderr } = await artdag('tokens', 'revoke', 'tok_1');
    expect([code, stderr]).toEqual([
      1,
      'artdag: the API key may not do this (insufficient_scope). What it may: artdag whoami --json\n',
    ]);
  });

  it.each([
    ['tok_1', 'DELETE /v1/tokens/tok_1', { status: 204 }],
    ['k1', 'DELETE /auth/api-keys/k1', { status: 200, body: { status: 'deleted', key_id: 'k1' } }],
  ])('revokes %s where it belongs', async (id, call, reply) => {
    answerBy({ [call]: reply });
    expect(await artdag('tokens', 'revoke', id)).toMatchObject({ code: 0 });
    expect(calls()).toEqual([call]);
  });
});

describe('artdag sessions', () => {
  it('lists them, and ends one or all others', async () => {
    const one = {
      id: 'ses_1',
      method: 'password',
      ip: '127.0.0.1',
      user_agent: 'x',
      last_activity_at: 't',
      current: true,
    };
    answerBy({
      'GET /auth/sessions': { status: 200, body: { sessions: [one] } },
      'DELETE /auth/sessions/ses_1': { status: 204 },
      'DELETE /auth/sessions': { status: 204 },
    });
    expect((await artdag('sessions', 'list')).stdout).toContain('this one');
    expect((await artdag('sessions', 'end', 'ses_1')).stdout).toBe('Ended ses_1.\n');
    expect((await artdag('sessions', 'end', '--others')).stdout).toBe('Ended all sessions but this one.\n');
    expect((await artdag('sessions', 'end')).stderr).toContain('one of the two');
    expect(calls()).toHaveLength(3);
  });
});

describe('artdag follow', () => {
  const target = 'https://m.example/users/grace';

  it.each([
    ['accepted', 0, `You follow ${target}.\n`],
    ['requested', 0, `${target} was asked and has not answered yet. The same command says later whether it has.\n`],
    ['rejected', 1, `${target} refused.\n`],
  ])('says that somebody has %s', async (state, code, stdout) => {
    answerBy({ 'POST /follow': { status: 200, body: { target, state } } });
    expect(await artdag('follow', '@grace@m.example')).toMatchObject({ code, stdout });
    expect(bodies()).toEqual([{ target: 'grace@m.example' }]);
  });

  it('takes a name alone for one of this server, and a URL as it is', async () => {
    answerBy({
      'GET /': { status: 200, body: { domain: 'l2.example' } },
      'POST /unfollow': { status: 200, body: { target, state: 'none' } },
    });
    expect((await artdag('unfollow', 'grace')).stdout).toBe(`You do not follow ${target} any more.\n`);
    await artdag('unfollow', target);
    expect(bodies()).toEqual([{ target: 'grace@l2.example' }, { target }]);
  });

  it('lists whom one follows, over all pages', async () => {
    const path = '/users/ada/following?page=';
    answerBy({
      'GET /auth/me': { status: 200, body: { username: 'ada' } },
      [`GET ${path}1`]: { status: 200, body: { orderedItems: ['https://a', 'https://b'], next: 'https://l2/2' } },
      [`GET ${path}2`]: { status: 200, body: { orderedItems: ['https://c'] } },
    });
    expect((await artdag('following')).stdout).toBe('https://a\nhttps://b\nhttps://c\n');
    expect(JSON.parse((await artdag('following', '--json')).stdout)).toEqual({
      following: ['https://a', 'https://b', 'https://c'],
    });
  });
});
