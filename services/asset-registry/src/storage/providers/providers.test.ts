import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { collectLogs } from '@artdag/testing';
import { good } from '../testing/provider-stand-ins.testing.ts';
import { as, giles, startStorageKit, sysadmin, type StorageKit } from '../testing/storage-kit.testing.ts';
import { providerTypes } from './provider-types.ts';

let kit: StorageKit;
let root: string;
const logs = collectLogs();
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'artdag-storage-'));
  mkdirSync(join(root, 'works'));
  kit = await startStorageKit({ logger: logs.logger, env: { STORAGE_LOCAL_ROOT: root } });
});
afterAll(async () => {
  await kit?.close();
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  kit.providers.calls.length = 0;
  kit.providers.misbehave = undefined;
});

let serial = 0;
/** Everybody has few providers. */
const somebody = (): Record<string, string> => as({ actor_id: `user:p${(serial += 1)}` });

interface Given {
  type: string;
  config: (url: string) => Record<string, string>;
  /** What it takes instead of the good credential. */
  wrong: Record<string, string>;
  call: string;
  who?: Record<string, string>;
}

const s3 = { access_key: good.accessKey, secret_key: good.secretKey, bucket: good.bucket };
const givens: Given[] = [
  {
    type: 'pinata',
    config: () => ({ jwt: good.jwt }),
    wrong: { jwt: 'wrong' },
    call: 'GET /pinata/data/testAuthentication',
  },
  {
    type: 'pinata',
    config: () => ({ api_key: good.apiKey, secret_key: good.apiSecret }),
    wrong: { secret_key: 'wrong' },
    call: 'GET /pinata/data/testAuthentication',
  },
  ...['web3storage', 'nftstorage', 'psa'].map((type) => ({
    type,
    config: (url: string) => ({ endpoint: `${url}/psa/`, token: good.token }),
    wrong: { token: 'wrong' },
    call: 'GET /psa/pins?limit=1',
  })),
  {
    type: 'infura',
    config: () => ({ project_id: good.projectId, project_secret: good.projectSecret }),
    wrong: { project_secret: 'wrong' },
    call: 'POST /infura/api/v0/version',
  },
  {
    type: 'infura',
    config: (url) => ({ project_id: good.projectId, project_secret: good.projectSecret, endpoint: `${url}/infura` }),
    wrong: { project_id: 'wrong' },
    call: 'POST /infura/api/v0/version',
  },
  ...['filebase', 'storj'].map((type) => ({
    ...{ type, config: () => s3, wrong: { secret_key: 'wrong' }, call: 'HEAD /s3/works' },
  })),
  {
    type: 's3',
    config: (url) => ({ ...s3, endpoint: `${url}/s3`, region: 'eu-central-1' }),
    wrong: { access_key: 'AKIDOFSOMEBODYELSE' },
    call: 'HEAD /s3/works',
  },
  {
    type: 'ipfs',
    config: (url) => ({ api: `${url}/guarded/api/v0`, token: good.token }),
    wrong: { token: 'wrong' },
    call: 'POST /guarded/api/v0/id',
    who: sysadmin,
  },
];

const test = async (id: string, who = giles) =>
  (await kit.registry.post(`/storage/${id}/test`, {}, who).expect(200)).body;

describe('POST /storage/{id}/test asks the provider', () => {
  it('of every type there is', () => {
    const tested = new Set([...givens.map(({ type }) => type), 'local']);
    expect([...tested].sort()).toEqual(providerTypes.map(({ name }) => name).sort());
  });

  it.each(
    givens.map((given): [string, Given] => [`${given.type} by ${Object.keys(given.config('')).join(', ')}`, given]),
  )(
    '%s: ok with its credentials, and not with others, which are never repeated',
    async (_name, { type, config, wrong, call, who = somebody() }) => {
      const { url, calls } = kit.providers;
      const id = await kit.add({ provider_type: type, provider_name: type, config: config(url) }, who);
      const passed = await test(id, who);
      expect(passed).toEqual({
        ok: true,
        message: expect.any(String),
        latency_ms: expect.any(Number),
        checked_at: expect.stringMatching(/Z$/),
      });
      expect(calls.map(({ method, target }) => `${method} ${target}`)).toEqual([call]);
      await kit.registry.patch(`/storage/${id}`, { config: wrong }, who).expect(200);
      expect((await kit.registry.get(`/storage/${id}`, who)).body.last_test).toBeNull();
      const failed = await test(id, who);
      expect(failed).toMatchObject({
        ok: false,
        message: expect.stringMatching(/^It answered 40[13]: it does not accept/),
      });
      const shown = (await kit.registry.get(`/storage/${id}`, who)).body;
      const { ok, message, checked_at: at } = failed;
      expect(shown.last_test).toEqual({ ok, message, at });
      for (const secret of Object.values(good).filter((value) => value !== good.bucket && value !== good.projectId)) {
        expect(JSON.stringify([passed, failed, shown, logs.text()])).not.toContain(secret);
      }
      await kit.registry.delete(`/storage/${id}`, who).expect(204);
    },
  );

  it.each(['web3storage', 'nftstorage'])('%s: the legacy API is retired, and nobody is called', async (type) => {
    const id = await kit.add({ provider_type: type, config: { token: good.token } });
    expect(await test(id)).toMatchObject({ ok: false, message: 'legacy API retired' });
    expect(kit.providers.calls).toEqual([]);
  });

  it('s3: not ok for a bucket that is not there', async () => {
    const config = { ...s3, bucket: 'nothing', endpoint: `${kit.providers.url}/s3`, region: 'auto' };
    const who = somebody();
    const id = await kit.add({ provider_type: 's3', config }, who);
    expect(await test(id, who)).toMatchObject({ ok: false, message: 'There is no such bucket.' });
  });

  it.each([
    ['an https URL', (port: string) => `http://127.0.0.1:${port}/node`],
    ['a multiaddr', (port: string) => `/ip4/127.0.0.1/tcp/${port}`],
    ['a multiaddr with http', (port: string) => `/ip4/127.0.0.1/tcp/${port}/http`],
  ])('ipfs: its API may be %s', async (_what, api) => {
    const { port } = new URL(kit.providers.url);
    const id = await kit.add({ provider_type: 'ipfs', provider_name: _what, config: { api: api(port) } }, sysadmin);
    expect(await test(id, sysadmin)).toMatchObject({ ok: true });
    expect(kit.providers.calls.map(({ method, target }) => `${method} ${target}`)).toEqual([
      `POST ${api(port).startsWith('/') ? '' : '/node'}/api/v0/id`,
    ]);
  });

  it('local: writes, reads and deletes a file, and leaves nothing', async () => {
    const id = await kit.add({ provider_type: 'local', config: { path: 'works' } }, sysadmin);
    expect(await test(id, sysadmin)).toMatchObject({ ok: true, message: 'A file can be written, read and deleted.' });
    expect(readdirSync(join(root, 'works'))).toEqual([]);
    rmSync(join(root, 'works'), { recursive: true });
    expect(await test(id, sysadmin)).toMatchObject({ ok: false, message: 'The folder is not there.' });
    mkdirSync(join(root, 'works'));
  });
});

describe('a provider that misbehaves', () => {
  let id: string;
  const who = somebody();
  beforeAll(async () => {
    id = await kit.add(
      { provider_type: 'psa', config: { endpoint: `${kit.providers.url}/psa`, token: good.token } },
      who,
    );
  });

  it.each<[string, NonNullable<StorageKit['providers']['misbehave']>, RegExp]>([
    [
      'redirects to a private address',
      (_req, res) => res.writeHead(302, { location: 'http://169.254.169.254/latest' }).end(),
      /redirect/,
    ],
    ['redirects to itself', (req, res) => res.writeHead(307, { location: req.url ?? '' }).end(), /redirect/],
    [
      'announces a huge answer',
      (_req, res) => res.writeHead(200, { 'content-length': '99999999999' }).write('{'),
      /more than is read/,
    ],
    ['answers without end', (_req, res) => endless(res), /more than is read/],
    ['answers garbage', (_req, res) => res.end('\u0000<html>\u001b[31m'), /not what its API promises/],
    ['answers other JSON', (_req, res) => res.end('{"count":"1","results":{}}'), /not what its API promises/],
    ['answers JSON nested without end', (_req, res) => res.end('['.repeat(200_000)), /not what its API promises/],
    [
      'quotes our token in its error',
      (req, res) => res.writeHead(500).end(`failed: ${req.headers.authorization}`),
      /answered 500/,
    ],
    ['wants fewer requests', (_req, res) => res.writeHead(429, { 'retry-after': '99999999' }).end(), /answered 429/],
    [
      'breaks off',
      (_req, res) => res.writeHead(200, { 'content-length': '20' }).write('{', () => res.destroy()),
      /could not be reached/,
    ],
    ['is not HTTP', (req) => req.socket.end('SSH-2.0-OpenSSH\r\n'), /could not be reached/],
    [
      'sends headers without end',
      (_req, res) => res.writeHead(200, { 'x-a': 'a'.repeat(100_000) }).end('{}'),
      /more than is read|could not be reached/,
    ],
  ])('that %s: 200 with ok:false, in words of our own', async (_what, misbehave, message) => {
    kit.providers.misbehave = misbehave;
    const answer = await test(id, who);
    expect(answer).toMatchObject({ ok: false, message: expect.stringMatching(message) });
    expect(answer.message).not.toMatch(/127\.0\.0\.1|169\.254|token|\p{Cc}/u);
    expect(kit.providers.calls).toHaveLength(1);
  });

  it('that hangs: within its time', async () => {
    kit.providers.misbehave = () => undefined;
    const startedAt = performance.now();
    expect(await test(id, who)).toMatchObject({ ok: false, message: 'It did not answer in time.' });
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });

  it('that nobody listens for', async () => {
    await kit.registry.patch(`/storage/${id}`, { config: { endpoint: 'http://127.0.0.1:9' } }, who).expect(200);
    expect(await test(id, who)).toMatchObject({ ok: false, message: expect.stringMatching(/could not be reached/) });
  });

  it('and left no secret in the log', () => {
    for (const secret of [good.token, good.jwt, good.secretKey]) expect(logs.text()).not.toContain(secret);
  });
});

function endless(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'application/json' });
  const more = (): void => {
    if (!res.destroyed && res.write(' '.repeat(65_536))) setImmediate(more);
  };
  res.on('drain', more);
  more();
}
