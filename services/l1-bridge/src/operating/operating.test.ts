import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { north, south, startL1World, type Answer, type L1World } from '../l1-world.testing.ts';

const west = 'https://west.example';

let world: L1World;
beforeAll(async () => {
  world = await startL1World();
});
afterAll(() => world.close());

const said = ({ status, body }: Answer): unknown[] => [status, body.code];
const listed = async (): Promise<Record<string, unknown>[]> => (await world.operate('/list')).body.l1_servers;
const stateOf = async (url: string) => (await listed()).find((one) => one['url'] === url);
const verifyAt = async (l1: string, token: string): Promise<unknown[]> =>
  said(await world.post('/auth/verify', { json: { token, l1_server: l1 } }));
async function attach(username: string, l1_server: string): Promise<Answer> {
  const who = world.auth.addActor(username);
  const headers = { 'x-actor-assertion': world.kit.actor({ ...who, scopes: ['l1:attach'] }) };
  return await world.post('/renderers/attach', { json: { l1_server }, headers });
}

describe('what operators do with L1s', () => {
  it('shows those of the configuration, with their state', async () => {
    const state = { status: 'active', listed: 'configured', has_key: false, last_seen_at: null };
    expect(await listed()).toEqual([
      { url: north, name: 'north.example', ...state },
      { url: south, name: 'south.example', ...state },
    ]);
  });

  it('lists another one by command, and no more', async () => {
    expect(said(await attach('giles', west))).toEqual([403, 'l1_not_authorized']);
    const add = { url: 'HTTPS://west.example/', name: 'The west' };
    expect((await world.operate('/add', add)).body).toEqual({ url: west, is_new: true });
    expect((await world.operate('/add', add)).body).toEqual({ url: west, is_new: false });
    expect((await world.operate('/add', { url: north })).body).toEqual({ url: north, is_new: false });
    expect(await stateOf(west)).toMatchObject({ name: 'The west', listed: 'added' });
    const { token } = (await attach('giles', west)).body;
    expect(await verifyAt(west, token)).toEqual([200, undefined]);
    const ended = { actors: 1, tokens: 1, more: false };
    expect((await world.operate('/remove', { url: west })).body).toEqual({ url: west, ...ended });
    expect(await verifyAt(west, token)).toEqual([403, 'l1_not_authorized']);
    expect(await stateOf(west)).toBeUndefined();
    expect(said(await world.operate('/remove', { url: west }))).toEqual([404, 'l1_not_found']);
    expect(said(await world.operate('/remove', { url: north }))).toEqual([409, 'l1_configured']);
  });

  it('gives a replica that has not heard of a removal nobody, and leaves no token of the attempt alive', async () => {
    const other = await world.another({});
    const who = world.auth.addActor('late');
    const at = 'https://short.example';
    await world.operate('/add', { url: at });
    const attachThere = async (): Promise<unknown[]> => {
      const headers = {
        'x-actor-assertion': world.kit.actor({ ...who, scopes: ['l1:attach'] }),
        'content-type': 'application/json',
      };
      const body = JSON.stringify({ l1_server: at });
      const answer = await fetch(`${other.url}/renderers/attach`, { method: 'POST', body, headers });
      return [answer.status, ((await answer.json()) as { code?: string }).code];
    };
    await eventually(async () => expect(await attachThere()).toEqual([200, undefined]));
    let removing: Promise<Answer> | undefined;
    world.auth.before = async (route) => {
      if (removing !== undefined || !route.endsWith('/tokens/l1')) return;
      removing = world.operate('/remove', { url: at });
      await removing;
    };
    const late = await attachThere();
    world.auth.before = () => Promise.resolve();
    expect([late, (await removing)?.status]).toEqual([[403, 'l1_not_authorized'], 200]);
    const made = world.auth.minted.filter(({ l1Server }) => l1Server === at);
    expect(made.map(({ jti }) => world.auth.revoked.has(jti))).toEqual(made.map(() => true));
    expect(await world.sql('SELECT 1 FROM user_renderers WHERE l1_url = $1', [at])).toEqual([]);
  });

  it('is seen by other replicas', async () => {
    const other = await world.another({});
    const { token } = (await attach('dora', south)).body;
    const ask = async (): Promise<number> => {
      const body = JSON.stringify({ token, l1_server: south });
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${other.url}/auth/verify`, { method: 'POST', body, headers })).status;
    };
    expect(await ask()).toBe(200);
    await world.operate('/set-status', { url: south, status: 'disabled' });
    // Its own store does not tell it; a second does.
    const end = performance.now() + 15_000;
    while ((await ask()) !== 403 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await ask()).toBe(403);
    await world.operate('/set-status', { url: south, status: 'active' });
  });

  it('registers a key, says of which kind, and takes it away', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const public_key_pem = publicKey.export({ type: 'spki', format: 'pem' });
    expect((await world.operate('/set-key', { url: north, public_key_pem })).body).toEqual({
      url: north,
      key: 'ed25519',
    });
    expect(await stateOf(north)).toMatchObject({ has_key: true });
    expect((await world.operate('/set-key', { url: north, public_key_pem: null })).body).toEqual({
      url: north,
      key: null,
    });
    expect(await stateOf(north)).toMatchObject({ has_key: false });
  });

  it('throws everybody out of an L1 that drains, some at a time, and nobody out of another', async () => {
    const made = await Promise.all(Array.from({ length: 45 }, (_, n) => attach(`guest-${n}`, south)));
    const tokens = made.map(({ body }) => String(body.token));
    const { token: elsewhere } = (await attach('guest-1', north)).body;
    await world.operate('/set-status', { url: south, status: 'draining' });
    expect((await world.operate('/evict', { url: south })).body).toMatchObject({ url: south, actors: 40, more: true });
    const rest = (await world.operate('/evict', { url: south })).body;
    expect(rest).toMatchObject({ more: false });
    expect(rest.actors).toBeGreaterThanOrEqual(5);
    const after = await Promise.all(tokens.map((token) => verifyAt(south, token)));
    expect(after).toEqual(tokens.map(() => [401, 'token_revoked']));
    expect(await verifyAt(north, elsewhere)).toEqual([200, undefined]);
    expect(await world.sql('SELECT 1 FROM user_renderers WHERE l1_url = $1', [south])).toEqual([]);
    const calls = await world.sql(
      `SELECT DISTINCT username FROM l1_revocations WHERE l1_url = $1 AND reason = 'evicted'`,
      [south],
    );
    expect(calls.length).toBeGreaterThanOrEqual(45);
    expect((await world.operate('/evict', { url: south })).body).toMatchObject({ actors: 0, tokens: 0, more: false });
    await world.operate('/set-status', { url: south, status: 'active' });
  });

  it.each<[string, object, number, string]>([
    ['/add', { url: 'http://plain.example' }, 422, 'invalid_l1_server'],
    ['/add', { url: 'https://user:word@l1.example' }, 422, 'invalid_l1_server'],
    ['/add', { url: 'https://l1.example?x=1' }, 422, 'invalid_l1_server'],
    ['/add', { url: 'https://l1.example', name: 'a\nb' }, 422, 'validation_error'],
    ['/add', {}, 422, 'validation_error'],
    ['/set-status', { url: north, status: 'gone' }, 422, 'validation_error'],
    ['/set-status', { url: 'https://nowhere.example', status: 'active' }, 404, 'l1_not_found'],
    ['/set-key', { url: 'https://nowhere.example', public_key_pem: null }, 404, 'l1_not_found'],
    ['/evict', { url: 'x' }, 422, 'invalid_l1_server'],
  ])('refuses %s %j', async (path, body, status, code) => {
    expect(said(await world.operate(path, body))).toEqual([status, code]);
  });

  it('is for artdag-admin only', async () => {
    for (const path of ['/list', '/add', '/remove', '/set-status', '/set-key', '/evict']) {
      const at = `/internal/admin/l1${path}`;
      const as = (assertion: string) => world.post(at, { headers: { 'x-actor-assertion': assertion } });
      expect((await world.post(at)).status).toBe(401);
      expect((await as(world.kit.service('gateway'))).status).toBe(403);
      expect((await as(world.kit.actor({ roles: ['system_admin'] }))).status).toBe(403);
    }
  });
});
