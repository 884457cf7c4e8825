import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { envelopePrefix, masterKeys } from '@artdag/envelope';
import { makeAssertionKit } from '@artdag/testing';
import { asAdmin } from '../../erasure/erasing.testing.ts';
import type { RunningRegistry } from '../../testing/registry.testing.ts';
import { sealConfig } from '../sealed-config.ts';
import { good } from '../testing/provider-stand-ins.testing.ts';
import { giles, startStorageKit, type StorageKit } from '../testing/storage-kit.testing.ts';

const [oldKey, newKey] = [Buffer.alloc(32, 0x11), Buffer.alloc(32, 0x22)];
const [old, renewed] = [masterKeys(oldKey), masterKeys(newKey)];
const path = '/internal/admin/storage/rewrap';

let kit: StorageKit;
/** A replica with the new key, to which the former one still opens. */
let replica: RunningRegistry;
beforeAll(async () => {
  kit = await startStorageKit();
  replica = await kit.start({
    env: { DATA_ENCRYPTION_KEY: newKey.toString('hex'), DATA_ENCRYPTION_KEY_OTHERS: oldKey.toString('hex') },
  });
});
afterAll(async () => {
  await replica?.stop();
  await kit?.close();
});

/** Rows as asset-registry stores them, of many owners. */
async function store(count: number, keys = old): Promise<string[]> {
  const ids = Array.from({ length: count }, () => `sto_${randomBytes(13).toString('hex')}`);
  const sealed = ids.map((id) => sealConfig(keys, id, { token: good.token, endpoint: `${kit.providers.url}/psa` }));
  await kit.sql(
    `INSERT INTO user_storage (id, actor_id, provider_type, provider_name, config_enc)
     SELECT id, 'user:' || id, 'psa', 'psa', sealed FROM unnest($1::text[], $2::text[]) AS s (id, sealed)`,
    [ids, sealed],
  );
  return ids;
}

const sealedBy = async (keys: typeof old): Promise<number> => {
  const text = 'SELECT count(*)::int AS n FROM user_storage WHERE starts_with(config_enc, $1)';
  return Number((await kit.sql(text, [envelopePrefix(keys.sealing.id)]))[0]?.['n']);
};
const rewrap = async (body: object = {}) => (await replica.post(path, body, asAdmin).expect(200)).body;

describe('POST /internal/admin/storage/rewrap', () => {
  it('puts every config under the present master key, some thousand in a call, and opens none', async () => {
    await store(2500);
    const id = await kit.add({
      provider_type: 'psa',
      config: { endpoint: `${kit.providers.url}/psa`, token: good.token },
    });
    const first = await rewrap();
    expect(first).toMatchObject({ master_key_id: renewed.sealing.id, rewrapped: 2000, unopened: [], remaining: 501 });
    const second = await rewrap({ master_key_id: renewed.sealing.id, from: first.next });
    expect(second).toMatchObject({ rewrapped: 501, remaining: 0, next: null });
    expect(await rewrap()).toMatchObject({ rewrapped: 0, remaining: 0, next: null });
    expect([await sealedBy(old), await sealedBy(renewed)]).toEqual([0, 2501]);
    const answer = await replica.post(`/storage/${id}/test`, {}, giles).expect(200);
    expect(answer.body).toMatchObject({ ok: true });
  });

  it('says which ones open under none of the keys, after doing the rest', async () => {
    await store(10);
    const strange = await store(2, masterKeys(Buffer.alloc(32, 0x33)));
    const answer = await rewrap();
    expect(answer).toMatchObject({ rewrapped: 10, remaining: 2, next: null });
    expect(answer.unopened).toEqual(strange.toSorted());
  });

  it('two at once do everything once', async () => {
    await store(300);
    const answers = await Promise.all([rewrap(), rewrap(), rewrap()]);
    expect(answers.reduce((sum: number, { rewrapped }: { rewrapped: number }) => sum + rewrapped, 0)).toBe(300);
  });

  it('is refused by a replica with another key, and to everybody but admin', async () => {
    const other = await replica.post(path, { master_key_id: old.sealing.id }, asAdmin).expect(409);
    expect(other.body.code).toBe('other_master_key');
    await replica.post(path, {}).expect(401);
    await replica.post(path, {}, giles).expect(403);
    const federation = { 'x-actor-assertion': makeAssertionKit('asset-registry').service('federation') };
    await replica.post(path, {}, federation).expect(403);
    for (const from of ['x', {}, { after: 'a\u0000' }]) await replica.post(path, { from }, asAdmin).expect(422);
  });

  it('a config that opens under no key is shown as gone, is no fault of the server, and can be given again', async () => {
    const id = await kit.add({
      provider_type: 'psa',
      provider_name: 'lost',
      config: { endpoint: 'https://x.example', token: good.token },
    });
    const strange = sealConfig(masterKeys(Buffer.alloc(32, 0x33)), id, { token: 'x' });
    await kit.sql('UPDATE user_storage SET config_enc = $2 WHERE id = $1', [id, strange]);
    expect((await replica.get(`/storage/${id}`, giles).expect(200)).body.config).toBeNull();
    const { body } = await replica.post(`/storage/${id}/test`, {}, giles).expect(200);
    expect(body).toMatchObject({ ok: false, message: 'The stored config cannot be opened; give it again.' });
    await replica.patch(`/storage/${id}`, { config: { token: good.token } }, giles).expect(422);
    const config = { endpoint: `${kit.providers.url}/psa`, token: good.token };
    await replica.patch(`/storage/${id}`, { config }, giles).expect(200);
    expect((await replica.post(`/storage/${id}/test`, {}, giles)).body).toMatchObject({ ok: true });
  });
});
