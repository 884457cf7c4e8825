import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { day, minute, owner, startPlaces, type Places } from '../testing/places.testing.ts';
import { good, type ProviderStandIns } from '../testing/provider-stand-ins.testing.ts';
import { clock, newCid } from '../testing/storage-kit.testing.ts';

let places: Places;
let providers: ProviderStandIns;
beforeAll(async () => {
  places = await startPlaces();
  ({ providers } = places);
});
afterAll(() => places?.close());
beforeEach(() => {
  Object.assign(providers, { misbehave: undefined, delayMs: 0, mostAtOnce: 0 });
  providers.calls.length = 0;
});

describe('a provider that does not answer', () => {
  it('makes no copy missing, however long, and is asked less and less', async () => {
    const { put, ...at } = await places.copyAt('psa');
    put();
    await places.record(at);
    expect(await places.firstLook(at)).toMatchObject({ status: 'present' });
    providers.misbehave = (_req, res) => res.writeHead(503).end();
    providers.calls.length = 0;
    for (let hour = 0; hour < 48; hour += 1) {
      clock.forwardMs += 60 * minute;
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(await places.get(at)).toMatchObject({ status: 'present', suspected: null });
    const mine = (await places.get(at)).checks.filter(({ result }) => result === 'unreachable');
    expect(mine.length).toBeGreaterThan(2);
    expect(mine.length).toBeLessThan(48);
    providers.misbehave = undefined;
    await eventually(
      async () => {
        clock.forwardMs += 60 * minute;
        const [latest] = (await places.get(at)).checks;
        return latest?.result === 'present' && !latest.is_change;
      },
      { everyMs: 200 },
    );
  });

  it('is not asked for twenty copies when it did not answer for three', async () => {
    const at = await places.place('psa', { ipfs_cid: newCid() });
    providers.misbehave = (_req, res) => res.writeHead(503).end();
    await places.registry.patch(`/storage/${at.id}`, { is_active: false }, owner(at)).expect(200);
    for (let i = 0; i < 20; i += 1) {
      const pin = { content_hash: await places.registered(), ipfs_cid: newCid() };
      await places.registry.post(`/storage/${at.id}/pins`, pin, owner(at)).expect(201);
    }
    providers.calls.length = 0;
    await places.registry.patch(`/storage/${at.id}`, { is_active: true }, owner(at)).expect(200);
    await eventually(async () => {
      const [row] = await places.sql('SELECT check_failures, check_claim FROM user_storage WHERE id = $1', [at.id]);
      return row?.['check_failures'] === 1 && row['check_claim'] === null;
    });
    expect(providers.calls.length).toBeGreaterThanOrEqual(3);
    expect(providers.calls.length).toBeLessThanOrEqual(4);
  });
});

describe('looks', () => {
  it('come by themselves once a day, give or take a quarter, two at a time and a provider at a time', async () => {
    const at = await places.place('psa', { ipfs_cid: newCid() });
    providers.delayMs = 30;
    for (let i = 0; i < 12; i += 1) {
      const cid = newCid();
      providers.pins.set(cid, 'pinned');
      const pin = { content_hash: await places.registered(), ipfs_cid: cid };
      await places.registry.post(`/storage/${at.id}/pins`, pin, owner(at)).expect(201);
    }
    const looks = async (): Promise<number> => {
      const rows = await places.sql('SELECT count(*)::int AS n FROM storage_checks WHERE storage_id = $1', [at.id]);
      return Number(rows[0]?.['n']);
    };
    await eventually(async () => (await looks()) === 12);
    expect(providers.mostAtOnce).toBeLessThanOrEqual(2);
    const pauses = `SELECT extract(epoch FROM next_check_at - last_checked_at)::float / 3600 AS hours FROM storage_pins WHERE storage_id = $1`;
    const hours = (await places.sql(pauses, [at.id])).map((row) => Number(row['hours']));
    expect(Math.min(...hours)).toBeGreaterThanOrEqual(18);
    expect(Math.max(...hours)).toBeLessThan(30.1);
    expect(new Set(hours).size).toBeGreaterThan(2);
    clock.forwardMs += 10 * 60 * minute;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await looks()).toBe(12);
    clock.forwardMs += day;
    await eventually(async () => (await looks()) === 24);
  });

  it('that one asks for: 202 with how many are due, none of them looked at within the last minute; 409 where nobody looks', async () => {
    const { put, ...at } = await places.copyAt('psa');
    put();
    await places.record(at);
    expect(await places.firstLook(at)).toMatchObject({ status: 'present' });
    const ask = () => places.registry.post(`/storage/${at.id}/check`, {}, owner(at));
    expect((await ask().expect(202)).body).toEqual({ due: 0 });
    clock.forwardMs += 2 * minute;
    expect((await ask().expect(202)).body).toEqual({ due: 1 });
    await places.registry.patch(`/storage/${at.id}`, { is_active: false }, owner(at)).expect(200);
    expect((await ask().expect(409)).body.code).toBe('storage_inactive');
  });

  it('leave a provider alone that is set aside, until it is taken up again', async () => {
    const { put, ...at } = await places.copyAt('psa');
    put();
    await places.registry.patch(`/storage/${at.id}`, { is_active: false }, owner(at)).expect(200);
    await places.record(at);
    clock.forwardMs += 3 * day;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await places.get(at)).toMatchObject({ status: 'unknown', last_checked_at: null });
    await places.registry.patch(`/storage/${at.id}`, { is_active: true }, owner(at)).expect(200);
    expect(await places.firstLook(at)).toMatchObject({ status: 'present' });
  });

  it('ask the provider to pin what it does not have, where the owner wants that, and go on asking', async () => {
    const cid = newCid();
    const at = await places.place('psa', { ipfs_cid: cid, request: true });
    await places.record(at);
    await places.firstLook(at);
    expect(await places.get(at)).toMatchObject({ status: 'unknown', checks: [{ result: 'pending' }] });
    expect(providers.pins.get(cid)).toBe('queued');
    expect((await places.lookAgain(at)).checks[0]).toMatchObject({
      result: 'pending',
      message: 'The service is fetching it.',
    });
    providers.pins.set(cid, 'pinned');
    expect(await places.lookAgain(at)).toMatchObject({ status: 'present' });
    providers.pins.delete(cid);
    expect((await places.lookAgain(at)).checks[0]).toMatchObject({
      result: 'missing',
      message: 'It is not there; the provider was asked to pin it.',
    });
    expect(providers.pins.get(cid)).toBe('queued');
    const posts = providers.calls
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => JSON.parse(body) as object);
    expect(posts).toEqual(Array.from({ length: 2 }, () => ({ cid, name: at.hash })));
  });

  it.each<[string, () => object]>([
    ['pinata', () => ({ api_key: good.apiKey, secret_key: good.apiSecret })],
    ['infura', () => ({ project_id: good.projectId, project_secret: good.projectSecret })],
    ['ipfs', () => ({ api: `${providers.url}/node` })],
  ])('ask %s to pin, too', async (type, config) => {
    const cid = newCid();
    const at = await places.place(type, { ipfs_cid: cid, request: true }, { config: config() });
    await places.record(at);
    await places.firstLook(at);
    expect((await places.get(at)).checks).toMatchObject([{ result: 'pending' }]);
    expect(providers.pins.has(cid)).toBe(true);
  });
});
