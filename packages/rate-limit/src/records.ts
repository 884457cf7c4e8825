import type { KeyValueStore } from '@artdag/key-value';
import { sleep } from '@artdag/service-kit';
import { LRUCache } from 'lru-cache';
import type { Outage } from './outage.ts';

/** What a change makes of a record: the new text (null forgets it, undefined leaves it), for how long, and what to tell the caller. */
export interface Change<R> {
  record: string | null | undefined;
  ttlMs: number;
  result: R;
}

/** Small texts that all replicas change by compare-and-set; while the store is away this process's own copies stand in. */
export interface Records {
  read(key: string): Promise<string | null>;
  /** Applies a pure function, again if somebody was faster. Undefined when somebody always was. */
  change<R>(key: string, work: (record: string | null) => Change<R>): Promise<R | undefined>;
}

export interface RecordsOptions {
  store: KeyValueStore;
  outage: Outage;
  keyPrefix: string;
  maxKeys: number;
}

/** Changes of one key wait for each other within a process, so only other processes can be faster. */
const maxTries = 12;
/** What a record that says nothing any more is replaced by, as there is no compare-and-delete. */
const nothing = '';

export function createRecords({ store, outage, keyPrefix, maxKeys }: RecordsOptions): Records {
  const copies = new LRUCache<string, string>({ max: maxKeys });
  const turns = new Map<string, Promise<unknown>>();

  /** Undefined when the store is away. */
  async function askStore<T>(question: () => Promise<T>): Promise<T | undefined> {
    if (!outage.worthAsking()) return undefined;
    try {
      const answer = await question();
      outage.ended();
      return answer;
    } catch (error) {
      outage.began(error);
      return undefined;
    }
  }

  const readText = async (key: string): Promise<string | null> => {
    const found = await askStore(async () => ({ text: await store.get(keyPrefix + key) }));
    return found ? found.text : (copies.get(key) ?? null);
  };

  const keepCopy = (key: string, record: string | null): void => {
    if (record === null) copies.delete(key);
    else copies.set(key, record);
  };

  async function changeNow<R>(key: string, work: (record: string | null) => Change<R>): Promise<R | undefined> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const text = await readText(key);
      const { record, ttlMs, result } = work(known(text));
      if (record === undefined) return result;
      const done = await askStore(() => store.replace(keyPrefix + key, text, record ?? nothing, { ttlMs }));
      if (done !== false) {
        // Done, or the store is away and the copy is all there is.
        keepCopy(key, record);
        return result;
      }
      await sleep(Math.random() * 5 * tries);
    }
    return undefined;
  }

  return {
    read: async (key) => known(await readText(key)),
    change(key, work) {
      const before = turns.get(key) ?? Promise.resolve();
      const turn = before.then(() => changeNow(key, work));
      const settled = turn.catch(() => undefined).finally(() => turns.get(key) === settled && turns.delete(key));
      turns.set(key, settled);
      return turn;
    },
  };
}

function known(text: string | null): string | null {
  return text === nothing ? null : text;
}
