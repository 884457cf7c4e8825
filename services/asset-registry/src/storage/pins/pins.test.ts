import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newBody } from '../../testing/registry.testing.ts';
import { maxSizeBytes } from '../providers/copy.ts';
import { good } from '../testing/provider-stand-ins.testing.ts';
import { as, bob, giles, newCid, newHash, startStorageKit, type StorageKit } from '../testing/storage-kit.testing.ts';
import { maxPins } from './pin-changes.repository.ts';

let kit: StorageKit;
let psa: string;
let bucket: string;
beforeAll(async () => {
  kit = await startStorageKit();
  const { url } = kit.providers;
  psa = await kit.add({ provider_type: 'psa', config: { endpoint: `${url}/psa`, token: good.token } });
  const config = { access_key: good.accessKey, secret_key: good.secretKey, bucket: good.bucket };
  bucket = await kit.add({ provider_type: 'filebase', config });
});
afterAll(() => kit?.close());

const pin = (id: string, body: object, who = giles) => kit.registry.post(`/storage/${id}/pins`, body, who);
const usedBytes = async (id: string) => (await kit.registry.get(`/storage/${id}`, giles)).body.used_bytes;

describe('POST /storage/{id}/pins', () => {
  it('201 with the pin, which is found under its content hash, with and without prefix', async () => {
    const hash = await kit.registered();
    const cid = newCid();
    const body = { content_hash: `sha3-256:${hash}`, ipfs_cid: cid, size_bytes: 1000 };
    const answer = await pin(psa, body).expect(201);
    expect(answer.body).toEqual({
      ...{ content_hash: hash, storage_id: psa, pin_type: 'cid', ipfs_cid: cid, size_bytes: 1000, etag: null },
      ...{ request: false, refcount: 1, status: 'unknown', suspected: null, last_checked_at: null },
      since: answer.body.created_at,
      created_at: expect.stringMatching(/Z$/),
    });
    expect(answer.headers['location']).toBe(`/storage/${psa}/pins/${hash}`);
    for (const path of [hash, `sha3-256:${hash}`]) {
      const found = await kit.registry.get(`/storage/${psa}/pins/${path}`, giles).expect(200);
      expect(found.body).toMatchObject({ content_hash: hash, ipfs_cid: cid });
    }
    await kit.registry.get(`/storage/${psa}/pins/${hash}x`, giles).expect(404);
    await kit.registry.get(`/storage/${bucket}/pins/${hash}`, giles).expect(404);
  });

  it('counts references: two assets of one content stand on one copy, and the last one takes it away', async () => {
    const hash = await kit.registered();
    const body = { content_hash: hash, key: 'a/b.png', size_bytes: 100, etag: 'e1' };
    await pin(bucket, body).expect(201);
    const again = await pin(bucket, { content_hash: hash, key: 'a/b.png' }).expect(200);
    expect(again.body).toMatchObject({ refcount: 2, pin_type: 'object', key: 'a/b.png', size_bytes: 100, etag: 'e1' });
    const path = `/storage/${bucket}/pins/${hash}`;
    await kit.registry.delete(path, giles).expect(204);
    expect((await kit.registry.get(path, giles).expect(200)).body.refcount).toBe(1);
    await kit.registry.delete(path, giles).expect(204);
    await kit.registry.get(path, giles).expect(404);
    await kit.registry.delete(path, giles).expect(404);
  });

  it('409 pin_elsewhere for another place of the same provider', async () => {
    const hash = await kit.registered();
    await pin(bucket, { content_hash: hash, key: 'a' }).expect(201);
    expect((await pin(bucket, { content_hash: hash, key: 'b' }).expect(409)).body.code).toBe('pin_elsewhere');
    await pin(psa, { content_hash: hash, ipfs_cid: newCid() }).expect(201);
    expect((await pin(psa, { content_hash: hash, ipfs_cid: newCid() }).expect(409)).body.code).toBe('pin_elsewhere');
  });

  it('adds up the bytes whose number is known', async () => {
    const before = await usedBytes(bucket);
    const [one, other] = [await kit.registered(), await kit.registered()];
    await pin(bucket, { content_hash: one, key: 'one', size_bytes: 5_000_000_000 });
    await pin(bucket, { content_hash: other, key: 'other' });
    expect(await usedBytes(bucket)).toBe(before + 5_000_000_000);
    await pin(bucket, { content_hash: other, key: 'other', size_bytes: 7 });
    expect(await usedBytes(bucket)).toBe(before + 5_000_000_007);
    await kit.registry.delete(`/storage/${bucket}/pins/${one}`, giles).expect(204);
    expect(await usedBytes(bucket)).toBe(before + 7);
  });

  it('422 for more bytes than the sum of all copies could bear', async () => {
    const body = { content_hash: await kit.registered(), key: 'huge' };
    await pin(bucket, { ...body, size_bytes: Number.MAX_SAFE_INTEGER }).expect(422);
    await pin(bucket, { ...body, size_bytes: maxSizeBytes + 1 }).expect(422);
    await pin(bucket, { ...body, size_bytes: maxSizeBytes }).expect(201);
    expect(BigInt(maxPins) * BigInt(maxSizeBytes)).toBeLessThan(2n ** 63n);
    await kit.registry.delete(`/storage/${bucket}/pins/${body.content_hash}`, giles).expect(204);
  });

  it('keeps both of two that come at once', async () => {
    const hash = await kit.registered();
    const body = { content_hash: hash, ipfs_cid: newCid(), size_bytes: 10 };
    const before = await usedBytes(psa);
    const answers = await Promise.all(Array.from({ length: 8 }, () => pin(psa, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    expect((await kit.registry.get(`/storage/${psa}/pins/${hash}`, giles)).body.refcount).toBe(8);
    expect(await usedBytes(psa)).toBe(before + 10);
  });
});

describe('GET /storage/{id}/pins', () => {
  it('gives every pin once, page by page, also by status', async () => {
    const { url } = kit.providers;
    const id = await kit.add({
      provider_type: 'psa',
      provider_name: 'many',
      config: { endpoint: `${url}/psa`, token: 'wrong' },
    });
    await kit.registry.patch(`/storage/${id}`, { is_active: false }, giles).expect(200);
    const hashes = await Promise.all(Array.from({ length: 25 }, () => kit.registered()));
    for (const hash of hashes) await pin(id, { content_hash: hash, ipfs_cid: newCid() }).expect(201);
    const seen: string[] = [];
    for (let next: string | null = `/storage/${id}/pins?limit=10&status=unknown`; next !== null;) {
      const answer: {
        body: { pins: { content_hash: string }[]; next: string | null };
        headers: Record<string, string>;
      } = await kit.registry.get(next, giles).expect(200);
      seen.push(...answer.body.pins.map((one) => one.content_hash));
      ({ next } = answer.body);
      expect(answer.headers['link']).toBe(next === null ? undefined : `<${next}>; rel="next"`);
    }
    expect(seen).toEqual(hashes.toSorted());
    expect((await kit.registry.get(`/storage/${id}/pins?status=missing`, giles)).body).toEqual({
      pins: [],
      limit: 50,
      next: null,
    });
    const { pins } = (await kit.registry.get(`/storage/${id}`, giles)).body;
    expect(pins).toEqual({ total: 25, unknown: 25, present: 0, missing: 0, changed: 0, unsupported: 0 });
  });
});

describe('GET /assets/{name}/copies', () => {
  it('shows the owner where the copies of a work are, and to others the work has none to show: 404', async () => {
    const asset = newBody();
    await kit.registry.post('/assets', asset, giles).expect(201);
    const path = `/assets/${asset.name}/copies`;
    expect((await kit.registry.get(path, giles).expect(200)).body).toEqual({ copies: [] });
    await pin(psa, { content_hash: asset.content_hash, ipfs_cid: newCid() }).expect(201);
    await pin(bucket, { content_hash: asset.content_hash, key: 'work.mp4' }).expect(201);
    const { copies } = (await kit.registry.get(path, giles).expect(200)).body;
    expect(copies).toMatchObject([
      { provider_type: 'psa', provider_name: 'psa', storage_id: psa, content_hash: asset.content_hash, refcount: 1 },
      { provider_type: 'filebase', provider_name: 'filebase', storage_id: bucket, key: 'work.mp4' },
    ]);
    for (const who of [bob, as({ actor_id: 'user:bob', org_id: 'org_1', roles: ['system_admin'] })]) {
      await kit.registry.get(path, who).expect(404);
    }
    for (const name of ['nobodys', '%00', '..%2f', 'a'.repeat(200)]) {
      await kit.registry.get(`/assets/${name}/copies`, giles).expect(404);
    }
  });

  it('does not show what somebody else has of it', async () => {
    const asset = newBody();
    await kit.registry.post('/assets', asset, giles).expect(201);
    const { url } = kit.providers;
    const his = await kit.add({ provider_type: 'psa', config: { endpoint: `${url}/psa`, token: good.token } }, bob);
    await pin(his, { content_hash: asset.content_hash, ipfs_cid: newCid() }, bob).expect(201);
    expect((await kit.registry.get(`/assets/${asset.name}/copies`, giles)).body).toEqual({ copies: [] });
  });
});

it('a pin of nobody’s provider, or of a work that nobody registered, is none', async () => {
  await pin('sto_01jh8q6v30e0ta000000000001', { content_hash: await kit.registered(), ipfs_cid: 'Qm1' }).expect(404);
  await pin(psa, { content_hash: newHash(), ipfs_cid: 'Qm1' }).expect(422);
});
