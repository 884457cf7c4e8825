import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { providerTypes } from '../providers/provider-types.ts';
import { owner, startPlaces, type Places } from '../testing/places.testing.ts';
import { good, type ProviderStandIns } from '../testing/provider-stand-ins.testing.ts';
import { newCid } from '../testing/storage-kit.testing.ts';

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

describe('a copy', () => {
  it.each(providerTypes.map(({ name }) => name))(
    'at %s: present; missing when two looks do not find it, since the first; present again',
    async (type) => {
      const { put, take, ...at } = await places.copyAt(type);
      put();
      await places.record(at);
      const first = await places.firstLook(at);
      expect(first).toMatchObject({
        status: 'present',
        suspected: null,
        checks: [{ result: 'present', status: 'present', is_change: true }],
      });
      take();
      const missed = await places.lookAgain(at);
      expect(missed).toMatchObject({ status: 'present', since: first.since, suspected: 'missing' });
      const gone = await places.lookAgain(at);
      expect(gone).toMatchObject({ status: 'missing', since: missed.last_checked_at, suspected: null });
      put();
      const back = await places.lookAgain(at);
      expect(back).toMatchObject({ status: 'present', since: back.last_checked_at });
      expect(back.checks.map((check) => `${check.result} ${check.is_change}`)).toEqual([
        'present true',
        'missing true',
        'missing false',
        'present true',
      ]);
      expect(places.logs.records()).toContainEqual(
        expect.objectContaining({
          level: 'warn',
          message: 'a copy is missing',
          storage_id: at.id,
          content_hash: at.hash,
        }),
      );
    },
  );

  it('in a bucket: of a size that nothing has, none is kept', async () => {
    const { put, file: name, ...at } = await places.copyAt('s3');
    put();
    providers.objects.set(name, { size: 999_999_999_999_999, etag: 'd41d8cd9' });
    await places.record(at);
    expect(await places.firstLook(at)).toMatchObject({ status: 'present' });
    expect(await places.get(at)).toMatchObject({ size_bytes: null, etag: 'd41d8cd9' });
  });

  it('in a bucket: changed when two looks find another size or ETag than was seen first, and its size counts', async () => {
    const { put, file: name, ...at } = await places.copyAt('s3');
    put();
    await places.record(at);
    expect(await places.firstLook(at)).toMatchObject({ status: 'present' });
    expect(await places.get(at)).toMatchObject({ size_bytes: 1234, etag: 'd41d8cd9' });
    expect((await places.registry.get(`/storage/${at.id}`, owner(at))).body.used_bytes).toBe(1234);
    providers.objects.set(name, { size: 1234, etag: 'another' });
    expect(await places.lookAgain(at)).toMatchObject({ status: 'present', suspected: 'changed' });
    expect(await places.lookAgain(at)).toMatchObject({ status: 'changed', etag: 'd41d8cd9' });
    providers.objects.set(name, { size: 1235, etag: 'd41d8cd9' });
    expect((await places.lookAgain(at)).checks[0]).toMatchObject({
      result: 'changed',
      message: 'The object has 1235 bytes, not 1234.',
    });
    put();
    expect(await places.lookAgain(at)).toMatchObject({ status: 'present' });
  });

  it('in a folder: changed with other bytes; missing behind a link that leads out; unreachable when the folder is away', async () => {
    const { put, file, ...at } = await places.copyAt('local');
    const { root } = places;
    put();
    await places.record(at);
    expect(await places.firstLook(at)).toMatchObject({ status: 'present' });
    writeFileSync(file, 'other bytes');
    await places.lookAgain(at);
    expect(await places.lookAgain(at)).toMatchObject({ status: 'changed' });
    put();
    renameSync(file, join(root, 'outside.bin'));
    symlinkSync('../outside.bin', file);
    expect((await places.lookAgain(at)).checks[0]).toMatchObject({ result: 'missing' });
    renameSync(join(root, 'works'), join(root, 'unmounted'));
    const away = await places.lookAgain(at);
    expect(away.checks[0]).toMatchObject({ result: 'unreachable', message: 'The folder is not there.' });
    symlinkSync('/tmp', join(root, 'works'));
    expect((await places.lookAgain(at)).checks[0]).toMatchObject({
      message: 'The folder leads out of STORAGE_LOCAL_ROOT.',
    });
    rmSync(join(root, 'works'));
    renameSync(join(root, 'unmounted'), join(root, 'works'));
    rmSync(file);
    put();
    expect(await places.lookAgain(at)).toMatchObject({ status: 'present' });
  });

  it('at a service whose API is retired: unsupported', async () => {
    const at = await places.place('web3storage', { ipfs_cid: newCid() }, { config: { token: good.token } });
    await places.record(at);
    expect(await places.firstLook(at)).toMatchObject({ status: 'unsupported' });
    expect((await places.get(at)).checks).toMatchObject([{ result: 'unsupported', message: 'legacy API retired' }]);
  });

  it('is not found in what a service answers that does not look pins up by CID', async () => {
    const at = await places.place('psa', { ipfs_cid: newCid() });
    const others = { count: 1, results: [{ status: 'pinned', pin: { cid: newCid() } }] };
    providers.misbehave = (_req, res) => res.end(JSON.stringify(others));
    await places.record(at);
    await places.firstLook(at);
    expect(await places.get(at)).toMatchObject({ status: 'unknown', checks: [{ result: 'unreachable' }] });
  });

  it('is the same under another version and base of its CID', async () => {
    const cid = 'QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n';
    const at = await places.place('pinata', { ipfs_cid: cid });
    const rows = [{ ipfs_pin_hash: 'bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku', size: 3 }];
    providers.misbehave = (_req, res) => res.end(JSON.stringify({ count: 1, rows }));
    await places.record(at);
    expect(await places.firstLook(at)).toMatchObject({ status: 'present' });
  });
});
