import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { briefMs, eventually } from './eventually.testing.ts';
import { KeyValueError } from './key-value-error.ts';
import type { KeyValueStore } from './key-value-store.ts';
import { sharedContract, windowsContract } from './shared-contract.testing.ts';

/** What every store promises. `create` makes another connection to the same data each time it is called in a test. */
export function describeStoreContract(create: () => KeyValueStore): void {
  let store: KeyValueStore;
  beforeEach(() => {
    store = create();
  });
  afterEach(() => store.close());

  describe('values', () => {
    valuesContract(() => store);
  });
  describe('counters', () => {
    countersContract(() => store);
  });
  describe('what several processes agree on', () => {
    sharedContract(() => store);
  });
  describe('counters of a sliding window', () => {
    windowsContract(() => store);
  });
  describe('messages', () => {
    messagesContract(() => store);
  });

  it('answers a ping', async () => {
    await expect(store.ping()).resolves.toBeUndefined();
  });

  it('rejects every call once it is closed, and closes twice without complaint', async () => {
    await store.close();
    await store.close();
    const calls = [
      () => store.get('a'),
      () => store.set('a', '1'),
      () => store.setIfAbsent('a', '1', { ttlMs: 1000 }),
      () => store.delete('a'),
      () => store.increment('a', { ttlMs: 1000 }),
      () => store.publish('a', '1'),
      () => store.subscribe('a', ignore, ignore),
      () => store.read(['a']),
      () => store.write([{ key: 'a', value: '1', ttlMs: 1000 }]),
      () => store.clock(),
      () => store.setWhile({ key: 'a', value: '1' }, { key: 'b', value: '1', endsAtMs: Date.now() + 1000 }),
      () => store.replace('a', null, '1', { ttlMs: 1000 }),
      () => store.countInWindows([{ key: 'a', amount: 1, limit: 1, windowMs: 1000 }]),
      () => store.ping(),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(KeyValueError);
  });
}

function valuesContract(store: () => KeyValueStore): void {
  it('has nothing under an unknown key', async () => {
    await expect(store().get('unknown')).resolves.toBeNull();
  });

  it.each(['', 'plain', 'ünïcode ✓', '{"a":1}\r\n\0', 'x'.repeat(100_000)])(
    'gives back what was set: %#',
    async (value) => {
      await store().set('key', value);
      await expect(store().get('key')).resolves.toBe(value);
    },
  );

  it('forgets a value when its time is over', async () => {
    await eventually(async () => {
      await store().set('short', '1', { ttlMs: briefMs });
      await expect(store().get('short')).resolves.toBe('1');
    });
    await sleep(briefMs + 30);
    await expect(store().get('short')).resolves.toBeNull();
  });

  it('replaces value and expiry', async () => {
    await store().set('replaced', '1', { ttlMs: 50 });
    await store().set('replaced', '2');
    await sleep(80);
    await expect(store().get('replaced')).resolves.toBe('2');
  });

  it('sets if absent for one of many, and again after the expiry', async () => {
    const claims = await Promise.all(
      ['a', 'b', 'c'].map((value) => store().setIfAbsent('lock', value, { ttlMs: 60_000 })),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    await expect(store().get('lock')).resolves.toBe('abc'[claims.indexOf(true)]);
    await expect(store().setIfAbsent('brief lock', 'a', { ttlMs: 50 })).resolves.toBe(true);
    await sleep(80);
    await expect(store().setIfAbsent('brief lock', 'b', { ttlMs: 1000 })).resolves.toBe(true);
  });

  it('leaves the expiry of a key alone that was there', async () => {
    await eventually(async () => {
      await store().set('kept', '1', { ttlMs: briefMs });
      await expect(store().setIfAbsent('kept', '2', { ttlMs: 60_000 })).resolves.toBe(false);
    });
    await sleep(briefMs + 30);
    await expect(store().get('kept')).resolves.toBeNull();
  });

  it('deletes several keys, known or not, or none', async () => {
    await store().set('one', '1');
    await store().set('two', '2');
    await store().delete('one', 'two', 'three');
    await store().delete();
    await expect(store().get('one')).resolves.toBeNull();
    await expect(store().get('two')).resolves.toBeNull();
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity])('refuses to keep something for %p ms', async (ttlMs) => {
    await expect(store().set('key', '1', { ttlMs })).rejects.toThrow(RangeError);
    await expect(store().setIfAbsent('key', '1', { ttlMs })).rejects.toThrow(RangeError);
    await expect(store().increment('counter', { ttlMs })).rejects.toThrow(RangeError);
  });
}

function countersContract(store: () => KeyValueStore): void {
  it('counts every increment once, however many come at a time', async () => {
    const sums = await Promise.all(Array.from({ length: 100 }, () => store().increment('hits', { ttlMs: 60_000 })));
    expect(sums.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    await expect(store().get('hits')).resolves.toBe('100');
  });

  it('expires by the first increment, whatever later ones say, and starts again', async () => {
    let window = '';
    await eventually(async () => {
      window += 'w';
      await store().increment(window, { ttlMs: briefMs });
      await expect(store().increment(window, { ttlMs: 60_000 })).resolves.toBe(2);
    });
    await sleep(briefMs + 30);
    await expect(store().increment(window, { ttlMs: 1000 })).resolves.toBe(1);
  });

  it('counts on from a number that was set, and refuses a text', async () => {
    await store().set('start', '41');
    await expect(store().increment('start', { ttlMs: 1000 })).resolves.toBe(42);
    await store().set('text', 'secret text');
    const failed = store().increment('text', { ttlMs: 1000 });
    await expect(failed).rejects.toThrow(KeyValueError);
    await expect(failed).rejects.not.toThrow(/secret/);
  });
}

function messagesContract(store: () => KeyValueStore): void {
  it('brings messages in order to every subscriber of the channel, and to no other', async () => {
    const [first, second, other] = [log(), log(), log()];
    await store().subscribe('news', first.onMessage, first.onGap);
    await store().subscribe('news', second.onMessage, second.onGap);
    await store().subscribe('olds', other.onMessage, other.onGap);
    const sent = Array.from({ length: 50 }, (_, i) => `message ${i}: ü\n`);
    for (const message of sent) await store().publish('news', message);
    await eventually(() => {
      expect(first.messages).toEqual(sent);
      expect(second.messages).toEqual(sent);
    });
    expect(other.messages).toEqual([]);
    expect([first.gaps, second.gaps]).toEqual([0, 0]);
  });

  it('brings nothing that was published before, and tells of no gap for it', async () => {
    await store().publish('late', 'before');
    const { onMessage, onGap, ...seen } = log();
    await store().subscribe('late', onMessage, onGap);
    await store().publish('late', 'after');
    await eventually(() => expect(seen.messages).toEqual(['after']));
    expect(seen.messages).toEqual(['after']);
  });

  it('stops for one subscriber and goes on for another', async () => {
    const [leaving, staying] = [log(), log()];
    const leave = await store().subscribe('shared', leaving.onMessage, leaving.onGap);
    await store().subscribe('shared', staying.onMessage, staying.onGap);
    await leave();
    await leave();
    await store().publish('shared', 'x');
    await eventually(() => expect(staying.messages).toEqual(['x']));
    expect(leaving.messages).toEqual([]);
  });

  it('subscribes again after the last one has left', async () => {
    const leave = await store().subscribe('again', ignore, ignore);
    await leave();
    const seen = log();
    await store().subscribe('again', seen.onMessage, seen.onGap);
    await store().publish('again', 'x');
    await eventually(() => expect(seen.messages).toEqual(['x']));
  });

  it('survives a listener that throws', async () => {
    const seen = log();
    const failing = () => {
      throw new Error('listener');
    };
    await store().subscribe('fragile', failing, ignore);
    await store().subscribe('fragile', seen.onMessage, seen.onGap);
    await store().publish('fragile', '1');
    await store().publish('fragile', '2');
    await eventually(() => expect(seen.messages).toEqual(['1', '2']));
  });
}

export interface Log {
  messages: string[];
  gaps: number;
  onMessage: (message: string) => void;
  onGap: () => void;
}

export function log(): Log {
  const seen: Log = {
    messages: [],
    gaps: 0,
    onMessage: (message) => seen.messages.push(message),
    onGap: () => {
      seen.gaps += 1;
    },
  };
  return seen;
}

function ignore(): void {
  // A listener that is there for its subscription only.
}
