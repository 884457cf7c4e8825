import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collectLogs } from '@artdag/testing';
import { good } from './testing/provider-stand-ins.testing.ts';
import { as, giles, newHash, startStorageKit, sysadmin, type StorageKit } from './testing/storage-kit.testing.ts';

let kit: StorageKit;
const logs = collectLogs();
beforeAll(async () => {
  kit = await startStorageKit({ logger: logs.logger });
});
afterAll(() => kit?.close());

const ipfs = (api: string) => ({ provider_type: 'ipfs', config: { api } });
const psa = (endpoint: unknown) => ({ provider_type: 'psa', config: { endpoint, token: good.token } });
const s3 = { endpoint: 'https://s3.example.org', region: 'r', bucket: 'works', access_key: 'a', secret_key: 's' };
const config = ['body', 'config'];

describe('POST /storage with what it does not take: 422 that names it, and nothing is stored', () => {
  it.each<[string, unknown, (string | number)[]]>([
    ['nothing', {}, ['body', 'provider_type']],
    ['a list', [], ['body']],
    ['null', 'null', ['body']],
    ['an unknown type', { provider_type: 'dropbox', config: {} }, ['body', 'provider_type']],
    ['the name of a member of objects as type', { provider_type: '__proto__', config: {} }, ['body', 'provider_type']],
    ['no config', { provider_type: 'psa' }, config],
    ['a list as config', { provider_type: 'psa', config: [] }, config],
    ['a text as config', { provider_type: 'psa', config: 'https://x' }, config],
    [
      'a config without its token',
      { provider_type: 'psa', config: { endpoint: 'https://x.example' } },
      [...config, 'token'],
    ],
    ['a token that is null', psa(null), [...config, 'endpoint']],
    [
      'a member that the type does not know',
      { ...psa('https://x.example'), config: { endpoint: 'https://x.example', token: 't', region: 'r' } },
      config,
    ],
    [
      'a member __proto__',
      '{"provider_type":"web3storage","config":{"token":"t","__proto__":{"endpoint":"https://x.example"}}}',
      config,
    ],
    ['a member constructor', { provider_type: 'web3storage', config: { token: 't', constructor: 'x' } }, config],
    ['a number as token', { provider_type: 'web3storage', config: { token: 5 } }, [...config, 'token']],
    ['an empty token', { provider_type: 'web3storage', config: { token: '  ' } }, [...config, 'token']],
    [
      'a token with a line break',
      { provider_type: 'web3storage', config: { token: 'a\r\nHost: evil' } },
      [...config, 'token'],
    ],
    ['a token with NUL', { provider_type: 'web3storage', config: { token: 'a\u0000b' } }, [...config, 'token']],
    ['a token that is not ASCII', { provider_type: 'web3storage', config: { token: 'tökèn' } }, [...config, 'token']],
    [
      'a token of 5,000 characters',
      { provider_type: 'web3storage', config: { token: 'a'.repeat(5000) } },
      [...config, 'token'],
    ],
    ['a URL of 3,000 characters', psa(`https://x.example/${'a'.repeat(3000)}`), [...config, 'endpoint']],
    ['a URL with a password', psa('https://user:secret@x.example'), [...config, 'endpoint']],
    ['a URL with a query', psa('https://x.example/?a=b'), [...config, 'endpoint']],
    ['a URL with a fragment', psa('https://x.example/#a'), [...config, 'endpoint']],
    ['a URL with a backslash', psa('https:\\\\x.example'), [...config, 'endpoint']],
    ['a URL with a tab in it', psa('https://x.exa\tmple'), [...config, 'endpoint']],
    ['a file URL', psa('file:///etc/passwd'), [...config, 'endpoint']],
    ['another scheme', psa('gopher://x.example'), [...config, 'endpoint']],
    ['no URL', psa('x.example'), [...config, 'endpoint']],
    [
      'both credentials of Pinata',
      { provider_type: 'pinata', config: { jwt: 'j', api_key: 'a', secret_key: 's' } },
      config,
    ],
    ['half of Pinata’s keys', { provider_type: 'pinata', config: { api_key: 'a' } }, config],
    [
      'a project id with a colon',
      { provider_type: 'infura', config: { project_id: 'a:b', project_secret: 's' } },
      [...config, 'project_id'],
    ],
    ['a bucket that is a path', { provider_type: 's3', config: { ...s3, bucket: '../etc' } }, [...config, 'bucket']],
    ['a bucket with a query', { provider_type: 's3', config: { ...s3, bucket: 'a?acl' } }, [...config, 'bucket']],
    ['a region with a slash', { provider_type: 's3', config: { ...s3, region: 'a/b' } }, [...config, 'region']],
    ['a multiaddr of another protocol', ipfs('/ip4/1.2.3.4/udp/4001/quic'), [...config, 'api']],
    ['a multiaddr with a path behind', ipfs('/ip4/1.2.3.4/tcp/5001/http/etc'), [...config, 'api']],
    ['a multiaddr with an impossible port', ipfs('/ip4/1.2.3.4/tcp/99999'), [...config, 'api']],
    [
      'a name with control characters',
      { ...psa('https://x.example'), provider_name: 'a\u001b[31mb' },
      ['body', 'provider_name'],
    ],
    [
      'half a surrogate pair as name',
      '{"provider_type":"psa","provider_name":"\\ud800","config":{}}',
      ['body', 'provider_name'],
    ],
    [
      'a name of 101 characters',
      { ...psa('https://x.example'), provider_name: 'a'.repeat(101) },
      ['body', 'provider_name'],
    ],
    ['an empty name', { ...psa('https://x.example'), provider_name: ' ' }, ['body', 'provider_name']],
    ['a capacity of 0', { ...psa('https://x.example'), capacity_gb: 0 }, ['body', 'capacity_gb']],
    ['a capacity of 1e300', { ...psa('https://x.example'), capacity_gb: 1e300 }, ['body', 'capacity_gb']],
    ['a capacity as text', { ...psa('https://x.example'), capacity_gb: '5' }, ['body', 'capacity_gb']],
  ])('%s', async (_what, body, loc) => {
    const answer = await kit.registry.post('/storage', body, giles).expect(422);
    expect(answer.body.code).toBe('validation_error');
    expect(answer.body.detail.map((issue: { loc: unknown[] }) => issue.loc)).toContainEqual(loc);
    expect(answer.text).not.toContain(good.token);
    expect(await kit.sql('SELECT 1 FROM user_storage')).toEqual([]);
  });

  it('a thousand members: 422, in bounded time', async () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`m${i}`, 'x'.repeat(100)]));
    const startedAt = performance.now();
    await kit.registry.post('/storage', { provider_type: 'psa', config: many }, giles).expect(422);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  it('a body over 256 KiB: 413; what is not JSON: 400, 415', async () => {
    const huge = psa(`https://x.example/${'a'.repeat(300_000)}`);
    expect((await kit.registry.post('/storage', huge, giles)).status).toBe(413);
    expect((await kit.registry.post('/storage', '{', giles)).body.code).toBe('invalid_json');
    const form = { ...giles, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await kit.registry.post('/storage', 'a=b', form)).status).toBe(415);
  });
});

describe('places that are not for everybody', () => {
  it.each([
    'http://127.0.0.1:5001',
    'http://localhost:5001',
    'https://node.localhost',
    'https://10.0.0.1',
    'https://[::1]:5001',
    'https://[::ffff:10.0.0.1]',
    'http://2130706433:5001',
    'http://0x7f.1',
    'https://169.254.169.254/latest',
    '/ip4/127.0.0.1/tcp/5001',
    '/ip6/::1/tcp/5001',
    '/ip4/192.168.1.1/tcp/5001/https',
    '/dns4/localhost/tcp/5001',
  ])('an IPFS node at %s is for system administrators: 422', async (api) => {
    const answer = await kit.registry.post('/storage', ipfs(api), giles).expect(422);
    expect(answer.body.detail).toMatchObject(
      [{ loc: ['body', 'config', 'api'], msg: /system administrators/ }].map((one) => ({
        ...one,
        msg: expect.stringMatching(one.msg),
      })),
    );
    const id = await kit.add({ ...ipfs('https://node.example.org'), provider_name: api });
    await kit.registry.patch(`/storage/${id}`, { config: { api } }, giles).expect(422);
    await kit.registry.delete(`/storage/${id}`, giles).expect(204);
    await kit.registry.delete(`/storage/${await kit.add(ipfs(api), sysadmin)}`, sysadmin).expect(204);
  });

  it('a name that leads to a private address is refused when it is called, also where the operator allows that address', async () => {
    const { port } = new URL(kit.providers.url);
    const id = await kit.add(ipfs('https://node.example.org'));
    // What an address says after it was looked at is another matter: as if the name had led elsewhere at first.
    const made = await kit.add(ipfs(`http://127.0.0.1:${port}/node`), sysadmin);
    await kit.sql(
      `UPDATE user_storage SET actor_id = 'user:giles', provider_name = 'made', by_sysadmin = false WHERE id = $1`,
      [made],
    );
    const answer = await kit.registry.post(`/storage/${made}/test`, {}, giles).expect(200);
    expect(answer.body).toMatchObject({ ok: false, message: 'It is not at an address that this server may call.' });
    expect(kit.providers.calls).toEqual([]);
    for (const one of [id, made]) await kit.registry.delete(`/storage/${one}`, giles).expect(204);
  });

  it('no address that the operator has not allowed is called for anybody', async () => {
    const id = await kit.add(ipfs('http://10.255.255.1:5001'), sysadmin);
    const { body } = await kit.registry.post(`/storage/${id}/test`, {}, sysadmin).expect(200);
    expect(body).toMatchObject({ ok: false, message: 'It is not at an address that this server may call.' });
    await kit.registry.delete(`/storage/${id}`, sysadmin).expect(204);
  });

  it('folders are for system administrators: 403; and without STORAGE_LOCAL_ROOT for nobody: 422', async () => {
    const body = { provider_type: 'local', config: { path: 'works' } };
    expect((await kit.registry.post('/storage', body, giles).expect(403)).body.code).toBe('forbidden');
    const answer = await kit.registry.post('/storage', body, sysadmin).expect(422);
    expect(answer.body.detail).toMatchObject([{ loc: ['body', 'config', 'path'] }]);
  });
});

describe('POST /storage/{id}/pins with what it does not take: 422 that names it, and nothing is stored', () => {
  const hash = newHash();
  const ids = new Map<string, string>();
  const who = as({ actor_id: 'user:erin' });
  beforeAll(async () => {
    ids.set('cid', await kit.add({ ...psa('https://x.example'), provider_name: 'cid' }, who));
    ids.set('object', await kit.add({ provider_type: 's3', config: s3 }, who));
    await kit.sql('INSERT INTO content_owners (content_hash, owner_actor_id) VALUES ($1, $2)', [hash, 'user:erin']);
  });

  const keys = ['', '/', '/a', 'a/', 'a//b', '.', '..', 'a/../b', './a', 'a\u0000b', 'a\nb', '\ud800', 'ä'.repeat(600)];
  it.each<[string, string, unknown, string]>([
    ['no hash', 'cid', { ipfs_cid: 'Qm1' }, 'content_hash'],
    ['another hash', 'cid', { content_hash: 'ab', ipfs_cid: 'Qm1' }, 'content_hash'],
    ['a hash in capitals', 'cid', { content_hash: hash.toUpperCase(), ipfs_cid: 'Qm1' }, 'content_hash'],
    ['no CID for a pinning service', 'cid', { content_hash: hash }, 'ipfs_cid'],
    ['a CID that is none', 'cid', { content_hash: hash, ipfs_cid: 'Qm1&status=failed' }, 'ipfs_cid'],
    ['a key for a pinning service', 'cid', { content_hash: hash, ipfs_cid: 'Qm1', key: 'a' }, 'key'],
    ['no key for a bucket', 'object', { content_hash: hash, ipfs_cid: 'Qm1' }, 'key'],
    ['a path for a bucket', 'object', { content_hash: hash, key: 'a', path: 'a' }, 'path'],
    ['a bucket asked to pin', 'object', { content_hash: hash, key: 'a', request: true }, 'request'],
    ['a size below 0', 'object', { content_hash: hash, key: 'a', size_bytes: -1 }, 'size_bytes'],
    ['a size that no number holds', 'object', { content_hash: hash, key: 'a', size_bytes: 1e300 }, 'size_bytes'],
    ['an ETag with its quotes', 'object', { content_hash: hash, key: 'a', etag: '"a"' }, 'etag'],
    ...keys.map((key): [string, string, unknown, string] => [
      `the key ${JSON.stringify(key).slice(0, 20)}`,
      'object',
      `{"content_hash":"${hash}","key":${JSON.stringify(key)}}`,
      'key',
    ]),
  ])('%s', async (_what, of, body, name) => {
    const answer = await kit.registry.post(`/storage/${ids.get(of)}/pins`, body, who).expect(422);
    expect(answer.body.detail.map((issue: { loc: unknown[] }) => issue.loc)).toContainEqual(['body', name]);
    expect(await kit.sql('SELECT 1 FROM storage_pins')).toEqual([]);
  });

  it('a work that nobody has registered: 422 content_not_registered', async () => {
    const body = { content_hash: newHash(), ipfs_cid: 'Qm1' };
    const answer = await kit.registry.post(`/storage/${ids.get('cid')}/pins`, body, who).expect(422);
    expect(answer.body.code).toBe('content_not_registered');
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'status=gone', 'after=zz', 'after=%00', `after=${'a'.repeat(65)}`])(
    'a list with ?%s',
    async (query) => {
      await kit.registry.get(`/storage/${ids.get('cid')}/pins?${query}`, who).expect(422);
    },
  );

  it.each(['before=yesterday', 'before=%00', 'limit=1000'])('a history with ?%s', async (query) => {
    await kit.registry.get(`/storage/${ids.get('cid')}/pins/${hash}?${query}`, who).expect(422);
  });
});

it('and no error was the server’s, and no secret is in its log', () => {
  expect(logs.records().filter(({ level }) => level === 'error')).toEqual([]);
  expect(logs.text()).not.toContain(good.token);
});
