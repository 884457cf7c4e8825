import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { envelopePrefix, masterKeys, openEnvelope } from '@artdag/envelope';
import { good } from './testing/provider-stand-ins.testing.ts';
import { as, bob, giles, newHash, startStorageKit, type StorageKit } from './testing/storage-kit.testing.ts';

let kit: StorageKit;
beforeAll(async () => {
  kit = await startStorageKit();
});
afterAll(() => kit?.close());

let serial = 0;
const psa = (change: object = {}) => ({
  provider_type: 'psa',
  provider_name: `psa ${(serial += 1)}`,
  config: { endpoint: 'https://pins.example.org', token: good.token },
  ...change,
});
const stored = async (id: string): Promise<Record<string, unknown>> => {
  const keys = masterKeys(Buffer.from('11'.repeat(32), 'hex'));
  const [row] = await kit.sql('SELECT config_enc FROM user_storage WHERE id = $1', [id]);
  return JSON.parse(openEnvelope(keys, `user_storage/${id}`, String(row?.['config_enc'])).toString()) as Record<
    string,
    unknown
  >;
};
const nobodys = 'sto_01jh8q6v30e0ta000000000001';

describe('POST /storage', () => {
  it('201 with the provider, its secrets masked, and where it is', async () => {
    const body = psa({ provider_name: '  My pins  ', capacity_gb: 50 });
    const answer = await kit.registry.post('/storage', body, giles).expect(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^sto_[0-9a-z]{26}$/),
      provider_type: 'psa',
      provider_name: 'My pins',
      capacity_gb: 50,
      used_bytes: 0,
      is_active: true,
      config: { endpoint: 'https://pins.example.org', token: '****abcd' },
      last_test: null,
      pins: { total: 0, unknown: 0, present: 0, missing: 0, changed: 0, unsupported: 0 },
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(answer.headers['location']).toBe(`/storage/${answer.body.id}`);
    const one = await kit.registry.get(answer.headers['location'] ?? '', giles).expect(200);
    expect(one.body).toEqual(answer.body);
  });

  it('seals the config for its row: it opens under the master key and in no other row', async () => {
    const id = await kit.add(psa());
    const [row] = await kit.sql('SELECT config_enc FROM user_storage WHERE id = $1', [id]);
    const sealed = String(row?.['config_enc']);
    const keys = masterKeys(Buffer.from('11'.repeat(32), 'hex'));
    expect(sealed.startsWith(envelopePrefix(keys.sealing.id))).toBe(true);
    expect(await stored(id)).toEqual({ endpoint: 'https://pins.example.org', token: good.token });
    expect(() => openEnvelope(keys, `user_storage/${nobodys}`, sealed)).toThrow();
    await kit.sql('UPDATE user_storage SET config_enc = $1 WHERE id = $2', [sealed, await kit.add(psa())]);
    const list = await kit.registry.get('/storage', giles).expect(200);
    expect(list.body.storage.filter(({ config }: { config: unknown }) => config === null)).toHaveLength(1);
  });

  it('masks a short secret wholly', async () => {
    const answer = await kit.registry.post(
      '/storage',
      psa({ config: { endpoint: 'https://p.example', token: 'short-token' } }),
      giles,
    );
    expect(answer.body.config.token).toBe('****');
  });

  it('calls a provider by its type when it gets no name, and 409 for a name that one has already', async () => {
    const { provider_name: _, ...unnamed } = psa();
    const answer = await kit.registry.post('/storage', { ...unnamed, provider_name: null }, giles).expect(201);
    expect(answer.body.provider_name).toBe('psa');
    const again = await kit.registry.post('/storage', unnamed, giles).expect(409);
    expect(again.body.code).toBe('storage_exists');
    await kit.registry.post('/storage', unnamed, bob).expect(201);
  });

  it('409 too_many_storages after the twentieth', async () => {
    const carol = as({ actor_id: 'user:carol' });
    for (let i = 0; i < 20; i += 1) await kit.registry.post('/storage', psa(), carol).expect(201);
    const answer = await kit.registry.post('/storage', psa(), carol).expect(409);
    expect(answer.body.code).toBe('too_many_storages');
  });

  it('no more than twenty either when sixty come at once', async () => {
    const erin = as({ actor_id: 'user:erin' });
    const answers = await Promise.all(Array.from({ length: 60 }, () => kit.registry.post('/storage', psa(), erin)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect((await kit.registry.get('/storage', erin).expect(200)).body.storage).toHaveLength(20);
  });
});

describe('GET /storage', () => {
  it('lists one’s own, the oldest first, and nobody else’s', async () => {
    const dora = as({ actor_id: 'user:dora' });
    expect((await kit.registry.get('/storage', dora).expect(200)).body).toEqual({ storage: [] });
    const ids = [await kit.add(psa(), dora), await kit.add(psa(), dora)];
    const answer = await kit.registry.get('/storage', dora).expect(200);
    expect(answer.body.storage.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(answer.text).not.toContain(good.token);
    expect(answer.headers['vary']).toBe('Accept');
  });
});

describe('PATCH /storage/{id}', () => {
  it('changes name, capacity and use, and keeps what is not named', async () => {
    const id = await kit.add(psa({ capacity_gb: 5 }));
    const named = await kit.registry
      .patch(`/storage/${id}`, { provider_name: 'other', is_active: false }, giles)
      .expect(200);
    expect(named.body).toMatchObject({ provider_name: 'other', capacity_gb: 5, is_active: false });
    const sized = await kit.registry.patch(`/storage/${id}`, { capacity_gb: null, is_active: true }, giles).expect(200);
    expect(sized.body).toMatchObject({ provider_name: 'other', capacity_gb: null, is_active: true });
    expect((await kit.registry.patch(`/storage/${id}`, {}, giles).expect(200)).body).toEqual(sized.body);
  });

  it('keeps secrets that are left out or sent as they are shown, and takes new ones', async () => {
    const s3 = {
      endpoint: 'https://s3.example.org',
      region: 'eu-1',
      bucket: 'works',
      access_key: good.accessKey,
      secret_key: good.secretKey,
    };
    const id = await kit.add(psa({ provider_type: 's3', config: s3 }));
    const change = async (config: object) =>
      (await kit.registry.patch(`/storage/${id}`, { config }, giles).expect(200)).body;
    await change({ bucket: 'others' });
    expect(await stored(id)).toEqual({ ...s3, bucket: 'others' });
    const { config: shown } = (await kit.registry.get(`/storage/${id}`, giles)).body;
    expect(shown).toMatchObject({ access_key: '****5678', secret_key: '****6789' });
    await change({ ...shown, region: 'eu-2', endpoint: 'https://other.example.org' });
    expect(await stored(id)).toEqual({
      ...s3,
      bucket: 'others',
      region: 'eu-2',
      endpoint: 'https://other.example.org',
    });
    await change({ secret_key: 'another-secret-0123' });
    expect(await stored(id)).toMatchObject({ access_key: good.accessKey, secret_key: 'another-secret-0123' });
  });

  it('takes a member away with null, and refuses what is then not whole', async () => {
    const id = await kit.add(psa({ provider_type: 'pinata', config: { jwt: good.jwt } }));
    const keys = { jwt: null, api_key: good.apiKey, secret_key: good.apiSecret };
    await kit.registry.patch(`/storage/${id}`, { config: keys }, giles).expect(200);
    expect(await stored(id)).toEqual({ api_key: good.apiKey, secret_key: good.apiSecret });
    await kit.registry.patch(`/storage/${id}`, { config: { api_key: null } }, giles).expect(422);
    await kit.registry.patch(`/storage/${id}`, { config: { jwt: good.jwt } }, giles).expect(422);
    expect(await stored(id)).toEqual({ api_key: good.apiKey, secret_key: good.apiSecret });
  });

  it('refuses the mask of another secret, so that no mask ever is a secret', async () => {
    const id = await kit.add(psa());
    const answer = await kit.registry.patch(`/storage/${id}`, { config: { token: '****wxyz' } }, giles).expect(422);
    expect(answer.body.detail).toMatchObject([{ loc: ['body', 'config', 'token'] }]);
    expect(await stored(id)).toMatchObject({ token: good.token });
    await kit.registry
      .post('/storage', psa({ config: { endpoint: 'https://p.example', token: '****abcd' } }), giles)
      .expect(422);
  });

  it('lets no key or token of somebody’s send the secrets to another server', async () => {
    const id = await kit.add(psa());
    const elsewhere = { config: { endpoint: 'https://evil.example.org/pins' } };
    const program = { token_use: 'api', method: 'bearer' };
    for (const who of [program, { token_use: 'api_key', method: 'api_key' }]) {
      const answer = await kit.registry.patch(`/storage/${id}`, elsewhere, as(who)).expect(422);
      expect(answer.body.detail).toMatchObject([{ loc: ['body', 'config', 'token'] }]);
    }
    await kit.registry
      .patch(`/storage/${id}`, { config: { endpoint: 'https://pins.example.org/v2' } }, as(program))
      .expect(200);
    expect(await stored(id)).toEqual({ endpoint: 'https://pins.example.org/v2', token: good.token });
    const whole = { config: { ...elsewhere.config, token: 'a-token-of-its-own' } };
    await kit.registry.patch(`/storage/${id}`, whole, as(program)).expect(200);
    for (const who of [giles, as({ method: 'msign', token_use: 'msign', sid: null })]) {
      await kit.registry.patch(`/storage/${id}`, { config: { endpoint: 'https://a.example.org' } }, who).expect(200);
      await kit.registry.patch(`/storage/${id}`, elsewhere, who).expect(200);
    }
    expect(await stored(id)).toEqual(whole.config);
  });

  it('409 for a name that another of one’s own has', async () => {
    const [id, other] = [
      await kit.add(psa({ provider_name: 'first' })),
      await kit.add(psa({ provider_name: 'second' })),
    ];
    expect(
      (await kit.registry.patch(`/storage/${other}`, { provider_name: 'first' }, giles).expect(409)).body.code,
    ).toBe('storage_exists');
    await kit.registry.patch(`/storage/${id}`, { provider_name: 'first' }, giles).expect(200);
  });
});

describe('DELETE /storage/{id}', () => {
  it('204, and then it is not there', async () => {
    const id = await kit.add(psa());
    await kit.registry.delete(`/storage/${id}`, giles).expect(204);
    await kit.registry.get(`/storage/${id}`, giles).expect(404);
    await kit.registry.delete(`/storage/${id}`, giles).expect(404);
  });

  it('409 storage_in_use with pins, unless ?force=true, which forgets them too', async () => {
    const id = await kit.add(psa({ config: { endpoint: `${kit.providers.url}/psa`, token: good.token } }));
    await kit.registry
      .post(`/storage/${id}/pins`, { content_hash: await kit.registered(), ipfs_cid: 'Qm1' }, giles)
      .expect(201);
    for (const path of [`/storage/${id}`, `/storage/${id}?force=false`]) {
      expect((await kit.registry.delete(path, giles).expect(409)).body.code).toBe('storage_in_use');
    }
    await kit.registry.delete(`/storage/${id}?force=yes`, giles).expect(422);
    await kit.registry.delete(`/storage/${id}?force=true`, giles).expect(204);
    expect(await kit.sql('SELECT 1 FROM storage_pins WHERE storage_id = $1', [id])).toEqual([]);
  });
});

describe('what is not yours is not there', () => {
  it('404 for somebody else’s as for nobody’s, and nothing happens to it', async () => {
    const id = await kit.add(psa());
    const hash = newHash();
    const before = await kit.sql('SELECT * FROM user_storage WHERE id = $1', [id]);
    for (const [who, of] of [
      [bob, id],
      [as({ actor_id: 'agent:scribe', actor_type: 'agent' }), id],
      [giles, nobodys],
      [giles, 'sto_1'],
      [giles, '..%2f'],
    ] as const) {
      const answers = await Promise.all([
        kit.registry.get(`/storage/${of}`, who),
        kit.registry.patch(`/storage/${of}`, { provider_name: 'mine' }, who),
        kit.registry.delete(`/storage/${of}?force=true`, who),
        kit.registry.post(`/storage/${of}/test`, {}, who),
        kit.registry.post(`/storage/${of}/check`, {}, who),
        kit.registry.get(`/storage/${of}/pins`, who),
        kit.registry.post(`/storage/${of}/pins`, { content_hash: hash, ipfs_cid: 'Qm1' }, who),
        kit.registry.get(`/storage/${of}/pins/${hash}`, who),
        kit.registry.delete(`/storage/${of}/pins/${hash}`, who),
      ]);
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual(answers.map(() => [404, 'not_found']));
    }
    expect(await kit.sql('SELECT * FROM user_storage WHERE id = $1', [id])).toEqual(before);
  });

  it('also for a member of the organisation that it was added in', async () => {
    const id = await kit.add(psa(), as({ org_id: 'org_1' }));
    await kit.registry.get(`/storage/${id}`, as({ actor_id: 'user:bob', org_id: 'org_1' })).expect(404);
    const [row] = await kit.sql('SELECT org_id FROM user_storage WHERE id = $1', [id]);
    expect(row).toEqual({ org_id: 'org_1' });
  });
});

describe('who may', () => {
  const id = nobodys;
  const reads = [
    `/storage`,
    `/storage/${id}`,
    `/storage/${id}/pins`,
    `/storage/${id}/pins/${newHash()}`,
    '/assets/a/copies',
  ];
  const writes = ['/storage', `/storage/${id}/test`, `/storage/${id}/check`, `/storage/${id}/pins`];

  it('401 for nobody, whatever the body', async () => {
    for (const path of reads) await kit.registry.get(path).expect(401);
    for (const path of writes) await kit.registry.post(path, {}).expect(401);
    await kit.registry.patch(`/storage/${id}`, {}).expect(401);
    await kit.registry.delete(`/storage/${id}`).expect(401);
  });

  it('reading takes read:storage or storage:manage, changing storage:manage, else 403 insufficient_scope', async () => {
    const status = async (scopes: string[]) => {
      const who = as({ scopes });
      const read = await Promise.all(reads.map(async (path) => (await kit.registry.get(path, who)).status));
      const write = await Promise.all(writes.map(async (path) => (await kit.registry.post(path, {}, who)).status));
      return [...new Set([read.includes(403), ...write.map((answer) => answer === 403)])];
    };
    for (const scopes of [['storage:manage'], ['storage:*']]) expect(await status(scopes)).toEqual([false]);
    for (const scopes of [['read:*'], ['read:storage']]) expect(await status(scopes)).toEqual([false, true]);
    for (const scopes of [[], ['assets:create', 'l1:attach'], ['read:assets']])
      expect(await status(scopes)).toEqual([true]);
  });
});
