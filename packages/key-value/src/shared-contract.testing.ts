import { expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyValueStore } from './key-value-store.ts';
import { briefMs, eventually } from './eventually.testing.ts';

export function sharedContract(store: () => KeyValueStore): void {
  it('reads several values at once, and says which server gave them', async () => {
    const { serverId } = await store().write([
      { key: 'one', value: '1', ttlMs: 60_000 },
      { key: 'two', value: 'ü\0', ttlMs: 60_000 },
    ]);
    expect(serverId).toMatch(/^[\w-]{30,}$/);
    const keys = ['two', 'none', 'one', 'two'];
    await expect(store().read(keys, { timeoutMs: 20_000 })).resolves.toEqual({
      values: ['ü\0', null, '1', 'ü\0'],
      serverId,
    });
    await expect(store().read([])).resolves.toEqual({ values: [], serverId });
    expect((await store().clock()).serverId).toBe(serverId);
  });

  it('writes with an expiry, deletes, and writes nothing of a batch with an expiry that is none', async () => {
    await store().set('gone', 'x');
    await eventually(async () => {
      await store().write([
        { key: 'short', value: '1', ttlMs: briefMs },
        { key: 'gone', value: '', ttlMs: null },
      ]);
      await expect(store().get('short')).resolves.toBe('1');
    });
    await expect(store().get('gone')).resolves.toBeNull();
    await sleep(briefMs + 30);
    await expect(store().get('short')).resolves.toBeNull();
    const bad = [
      { key: 'good', value: '1', ttlMs: 1000 },
      { key: 'bad', value: '1', ttlMs: 0 },
    ];
    await expect(store().write(bad)).rejects.toThrow(RangeError);
    await expect(store().get('good')).resolves.toBeNull();
    await store().write([]);
  });

  it('has a clock that goes on', async () => {
    const before = await store().clock();
    await sleep(30);
    const after = await store().clock();
    expect(after.nowMs - before.nowMs).toBeGreaterThanOrEqual(25);
    expect(Math.abs(after.nowMs - Date.now())).toBeLessThan(60_000);
  });

  it('sets with an absolute end while the guard holds its value', async () => {
    let entry = { key: 'lease', value: 'me', endsAtMs: (await store().clock()).nowMs + 60_000 };
    await expect(store().setWhile({ key: 'guard', value: 'x' }, entry)).resolves.toBe(false);
    await store().set('guard', 'y');
    await expect(store().setWhile({ key: 'guard', value: 'x' }, entry)).resolves.toBe(false);
    await expect(store().get('lease')).resolves.toBeNull();
    await eventually(async () => {
      entry = { ...entry, endsAtMs: (await store().clock()).nowMs + briefMs };
      await sleep(briefMs / 2);
      await expect(store().setWhile({ key: 'guard', value: 'y' }, entry)).resolves.toBe(true);
      await expect(store().get('lease')).resolves.toBe('me');
    });
    // Not one moment longer.
    while ((await store().clock()).nowMs <= entry.endsAtMs) await sleep(5);
    await expect(store().get('lease')).resolves.toBeNull();
  });

  it('sets nothing whose end has passed, and takes away no time that the same value has', async () => {
    await store().set('guard', 'y');
    const { nowMs } = await store().clock();
    const lease = (value: string, endsAtMs: number) =>
      store().setWhile({ key: 'guard', value: 'y' }, { key: 'lease', value, endsAtMs });
    await lease('me', nowMs - 1000);
    await expect(store().get('lease')).resolves.toBeNull();
    await lease('me', nowMs + 60_000);
    await lease('me', nowMs + 40);
    await lease('me', nowMs - 1000);
    await sleep(60);
    await expect(store().get('lease')).resolves.toBe('me');
    let end = 0;
    await eventually(async () => {
      end = (await store().clock()).nowMs + briefMs;
      await lease('other', end);
      await expect(store().get('lease')).resolves.toBe('other');
    });
    while ((await store().clock()).nowMs <= end) await sleep(5);
    await expect(store().get('lease')).resolves.toBeNull();
  });

  it('compares and sets, for one of many', async () => {
    const claims = await Promise.all(['a', 'b', 'c'].map((v) => store().replace('cas', null, v, { ttlMs: 60_000 })));
    expect(claims.filter(Boolean)).toHaveLength(1);
    const value = 'abc'[claims.indexOf(true)] ?? '';
    await expect(store().replace('cas', 'x', 'd', { ttlMs: 5000 })).resolves.toBe(false);
    await expect(store().replace('absent', 'x', 'd', { ttlMs: 5000 })).resolves.toBe(false);
    await expect(store().replace('cas', value, '', { ttlMs: 60_000 })).resolves.toBe(true);
    await expect(store().replace('cas', null, 'e', { ttlMs: 5000 })).resolves.toBe(false);
    await expect(store().replace('cas', '', 'e', { ttlMs: 60 })).resolves.toBe(true);
    await sleep(90);
    await expect(store().get('cas')).resolves.toBeNull();
    await expect(store().replace('cas', null, 'e', { ttlMs: 0 })).rejects.toThrow(RangeError);
  });
}

export function windowsContract(store: () => KeyValueStore): void {
  // One that does not roll over before 2033.
  const windowMs = 1_000_000_000_000;

  it('lets no more through than the limit, however many come at once, each counter for itself', async () => {
    const charges = [
      { key: 'ip', amount: 1, limit: 10, windowMs },
      { key: 'actor', amount: 2, limit: 100, windowMs },
    ];
    const results = await Promise.all(Array.from({ length: 30 }, () => store().countInWindows(charges)));
    expect(results.filter(([ip]) => ip?.allowed)).toHaveLength(10);
    expect(results.every(([, actor]) => actor?.allowed)).toBe(true);
    const [ip, actor] = await store().countInWindows(charges.map((charge) => ({ ...charge, amount: 0 })));
    expect([ip?.count, actor?.count]).toEqual([10, 60]);
    expect(ip?.allowed).toBe(true);
    await expect(store().countInWindows([])).resolves.toEqual([]);
  });

  it('says when a refused amount fits', async () => {
    const window = { limit: 4, windowMs: briefMs };
    let key = '';
    const charge = async (amount: number) => (await store().countInWindows([{ key, amount, ...window }]))[0];
    // Before the window rolls on, as after that less than four are counted.
    const resetMs = await eventually(async () => {
      key += 'full';
      await charge(4);
      expect(await charge(5)).toMatchObject({ allowed: false });
      const first = await charge(1);
      expect(first).toMatchObject({ allowed: false, count: 4 });
      return first?.resetMs ?? 0;
    });
    expect(resetMs).toBeGreaterThan(0);
    expect(resetMs).toBeLessThanOrEqual(briefMs * 1.25 + 1);
    await sleep(resetMs + 5);
    await expect(charge(1)).resolves.toMatchObject({ allowed: true });
  });

  it('counts past any limit when there is none, gives back, and never holds less than nothing', async () => {
    const charge = async (amount: number, limit: number | null) =>
      (await store().countInWindows([{ key: 'free', amount, limit, windowMs }]))[0]?.count;
    expect(await charge(7, null)).toBe(7);
    expect(await charge(1, 5)).toBe(7);
    expect(await charge(-3, 5)).toBe(4);
    expect(await charge(1, 5)).toBe(5);
    expect(await charge(-100, 5)).toBe(0);
  });

  it('forgets after two windows, or when told to', async () => {
    const charge = { key: 'brief', amount: 3, limit: 3, windowMs: 40 };
    await store().countInWindows([charge]);
    await sleep(90);
    await expect(store().countInWindows([charge])).resolves.toMatchObject([{ allowed: true, count: 3 }]);
    const long = { key: 'long', amount: 3, limit: 3, windowMs };
    await store().countInWindows([long]);
    await store().delete('long');
    await expect(store().countInWindows([long])).resolves.toMatchObject([{ allowed: true }]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a window of %p ms', async (bad) => {
    const charge = { key: 'x', amount: 1, limit: 1, windowMs: bad };
    await expect(store().countInWindows([charge])).rejects.toThrow(RangeError);
  });
}
