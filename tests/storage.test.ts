import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import {
  good,
  startProviders,
  type ProviderStandIns,
} from '../services/asset-registry/src/storage/testing/provider-stand-ins.testing.ts';
import { call, newAccount, registerAsset, newContentHash, type Account, type Answer } from './lib/api-client.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

/** Tests and checks of an actor's. */
const perMinute = 12;

let suite: StandaloneSuite;
let providers: ProviderStandIns;
let account: Account;
/** As a browser on one of our pages sends them, and nothing else. */
let cookies: Record<string, string>;

beforeAll(async () => {
  [suite, providers] = await Promise.all([
    startStandalone({ env: { RATE_LIMIT_STORAGE_TEST: String(perMinute) } }),
    startProviders(() => new Date()),
  ]);
  account = await newAccount(suite.url);
  cookies = { cookie: account.cookie, origin: suite.url };
});

afterAll(async () => {
  await suite?.remove();
  await providers?.close();
});

let serial = 0;
async function add(change: object = {}): Promise<string> {
  const config = { endpoint: `${providers.url}/psa`, token: good.token };
  const body = { provider_type: 'psa', provider_name: `p${(serial += 1)}`, config, ...change };
  const answer = await call(suite.url, '/storage', { token: account.token, body });
  expect([answer.status, answer.body['code']]).toEqual([201, undefined]);
  return String(answer.body['id']);
}

const post = (path: string, headers: Record<string, string>): Promise<Answer> =>
  call(suite.url, path, { method: 'POST', headers });
const remove = (path: string, headers: Record<string, string>): Promise<Answer> =>
  call(suite.url, path, { method: 'DELETE', headers });

describe('through the gateway', () => {
  it('POST /storage/{id}/test and DELETE work with the cookie alone', async () => {
    const id = await add();
    expect((await post(`/storage/${id}/test`, cookies)).body).toMatchObject({ ok: true });
    expect((await remove(`/storage/${id}`, cookies)).status).toBe(204);
    expect((await call(suite.url, `/storage/${id}`, { headers: cookies })).status).toBe(404);
  });

  it('and with Bearer alone', async () => {
    const id = await add();
    const bearer = { authorization: `Bearer ${account.token}` };
    expect((await post(`/storage/${id}/test`, bearer)).body).toMatchObject({ ok: true });
    expect((await remove(`/storage/${id}`, bearer)).status).toBe(204);
    expect((await call(suite.url, `/storage/${id}`, { token: account.token })).status).toBe(404);
  });

  it('no other site does either with the cookie: 403 csrf, the provider is not called, and it is still there', async () => {
    const id = await add();
    const calls = providers.calls.length;
    for (const from of [{ origin: 'https://evil.example' }, { origin: 'null' }, {}]) {
      const { origin: _, ...cookie } = cookies;
      for (const answer of [
        await post(`/storage/${id}/test`, { ...cookie, ...from } as Record<string, string>),
        await post(`/storage/${id}/check`, { ...cookie, ...from } as Record<string, string>),
        await remove(`/storage/${id}?force=true`, { ...cookie, ...from } as Record<string, string>),
      ]) {
        expect([answer.status, answer.body['code']]).toEqual([403, 'csrf']);
      }
    }
    expect(providers.calls).toHaveLength(calls);
    expect((await call(suite.url, `/storage/${id}`, { headers: cookies })).status).toBe(200);
    await remove(`/storage/${id}`, cookies);
  });

  it('an API token without storage:manage reads and changes nothing', async () => {
    const id = await add();
    const minted = await call(suite.url, '/v1/tokens', {
      token: account.token,
      body: { label: 'reader', scopes: ['read:*'] },
    });
    const token = String(minted.body['token']);
    expect((await call(suite.url, `/storage/${id}`, { token })).status).toBe(200);
    const answer = await post(`/storage/${id}/test`, { authorization: `Bearer ${token}` });
    expect([answer.status, answer.body['code']]).toEqual([403, 'insufficient_scope']);
    await remove(`/storage/${id}`, cookies);
  });

  it('a work is registered, its copy recorded and found, and the owner sees that it is there', async () => {
    const [name, hash, cid] = [
      'with-a-copy',
      newContentHash(),
      'bafkreigdvoh7cnza5cwzar65hfdgwpejotszfqx2ha6uuolaofgk54ge6i',
    ];
    expect((await registerAsset(suite.url, account.token, name, hash)).status).toBe(201);
    providers.pins.set(cid, 'pinned');
    const id = await add();
    const pin = { content_hash: hash, ipfs_cid: cid };
    expect((await call(suite.url, `/storage/${id}/pins`, { token: account.token, body: pin })).status).toBe(201);
    await eventually(async () => {
      const { body } = await call(suite.url, `/assets/${name}/copies`, { headers: cookies });
      expect(body['copies']).toMatchObject([{ storage_id: id, ipfs_cid: cid, status: 'present' }]);
    });
  });

  it('a body over 16 KiB is refused: 413', async () => {
    const body = { provider_type: 'psa', config: { endpoint: 'https://x.example', token: 'a'.repeat(20_000) } };
    const answer = await call(suite.url, '/storage', { token: account.token, body });
    expect([answer.status, answer.body['code']]).toEqual([413, 'body_too_large']);
  });

  it('tests and checks share a limit for each actor: 429 after that, and for nobody else', async () => {
    const id = await add();
    const begun = performance.now();
    let allowed = 0;
    // On a slow machine some are let in again before the last one is refused.
    const refused = await eventually(async () => {
      const answer = await post(`/storage/${id}/${allowed % 2 ? 'test' : 'check'}`, cookies);
      if (answer.status !== 429) throw new Error(`${(allowed += 1)} were allowed`);
      return answer;
    });
    expect(allowed).toBeLessThanOrEqual(perMinute * (1 + (performance.now() - begun) / 60_000));
    expect(refused.body).toMatchObject({ code: 'rate_limited' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await call(suite.url, '/storage', { headers: cookies })).status).toBe(200);
    const { token } = await newAccount(suite.url);
    expect((await post(`/storage/${id}/test`, { authorization: `Bearer ${token}` })).status).toBe(404);
  });
});
