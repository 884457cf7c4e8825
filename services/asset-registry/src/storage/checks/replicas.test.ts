import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually, freePort, startProcess } from '@artdag/testing';
import { serviceKey } from '@artdag/actor-context';
import { good } from '../testing/provider-stand-ins.testing.ts';
import { as, newCid, startStorageKit, type StorageKit } from '../testing/storage-kit.testing.ts';

let kit: StorageKit;
beforeAll(async () => {
  kit = await startStorageKit();
});
afterAll(() => kit?.close());

/** Providers with pins each, set aside until `begin`. */
async function prepare(providers: number, pinsEach: number) {
  const cids: string[] = [];
  const ids: string[] = [];
  for (let i = 0; i < providers; i += 1) {
    const who = as({ actor_id: `user:r${cids.length}-${Math.random()}` });
    const config = { endpoint: `${kit.providers.url}/psa`, token: good.token };
    const id = await kit.add({ provider_type: 'psa', config }, who);
    await kit.registry.patch(`/storage/${id}`, { is_active: false }, who).expect(200);
    ids.push(id);
    for (let pin = 0; pin < pinsEach; pin += 1) {
      const cid = newCid();
      cids.push(cid);
      kit.providers.pins.set(cid, 'pinned');
      const body = { content_hash: await kit.registered(), ipfs_cid: cid };
      await kit.registry.post(`/storage/${id}/pins`, body, who).expect(201);
    }
  }
  kit.providers.calls.length = 0;
  const begin = () =>
    kit.sql('UPDATE user_storage SET is_active = true, next_check_at = now() WHERE id = ANY($1)', [ids]);
  const count = async () => {
    const [row] = await kit.sql(
      `SELECT count(*)::int AS checks, count(DISTINCT content_hash)::int AS pins FROM storage_checks WHERE storage_id = ANY($1)`,
      [ids],
    );
    return row;
  };
  const asked = () =>
    kit.providers.calls.map(({ target }) => new URL(target, 'http://h').searchParams.get('cid') ?? '');
  return { cids, begin, count, asked };
}

it('three replicas look at every copy once, and never at one provider together', async () => {
  const { cids, begin, count, asked } = await prepare(6, 30);
  const others = await Promise.all([kit.start(), kit.start()]);
  Object.assign(kit.providers, { delayMs: 20, mostAtOnce: 0 });
  await begin();
  await eventually(async () => expect(await count()).toEqual({ checks: cids.length, pins: cids.length }));
  await Promise.all(others.map((other) => other.stop()));
  expect(asked().toSorted()).toEqual(cids.toSorted());
  expect(kit.providers.mostAtOnce).toBeGreaterThan(2);
  expect(kit.providers.mostAtOnce).toBeLessThanOrEqual(12);
});

it('a process that is killed again and again loses no copy and writes none down twice', async () => {
  const { cids, begin, count, asked } = await prepare(5, 30);
  await kit.registry.stop();
  const port = await freePort();
  const nowhere = '127.0.0.1:9';
  const env = {
    ...{ PORT: String(port), ARTDAG_DOMAIN: 'l2.example.com', LOG_LEVEL: 'error', OTS_CALENDARS: 'none' },
    ...{ DATABASE_URL: kit.databaseUrl, AUTH_URL: kit.authUrl, IDENTITY_URL: `http://${nowhere}` },
    // Without store and bus the service is degraded, and looks all the same.
    ...{ REDIS_URL: `redis://${nowhere}`, RABBITMQ_URL: `amqp://${nowhere}` },
    ...{ SERVICE_KEY: serviceKey('test', 'asset-registry'), DATA_ENCRYPTION_KEY: '11'.repeat(32) },
    ALLOWED_PRIVATE_CIDRS: '127.0.0.0/8',
  };
  const script = new URL('../../main.ts', import.meta.url).pathname;
  const start = () => startProcess({ script, env, readyUrl: `http://127.0.0.1:${port}/readyz` });
  Object.assign(kit.providers, { delayMs: 30 });
  let process = await start();
  try {
    await begin();
    for (let kills = 0; kills < 4; kills += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 700));
      await process.kill('SIGKILL');
      // Leases end by themselves after 30 s; the test does not wait for that.
      await kit.sql('UPDATE user_storage SET check_claimed_until = now()');
      process = await start();
    }
    await eventually(async () => expect(await count()).toEqual({ checks: cids.length, pins: cids.length }));
  } finally {
    await process.stop();
  }
  expect(new Set(asked())).toEqual(new Set(cids));
  // At most two at a time per provider were asked for and not written down.
  expect(asked().length).toBeLessThanOrEqual(cids.length + 4 * 5 * 2);
});
