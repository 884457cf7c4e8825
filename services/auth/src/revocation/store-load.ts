import type { KeyValueStore } from '@artdag/key-value';
import { jitter, sleep } from '@artdag/service-kit';
import type { Load } from './denials.repository.ts';

/** Lives in the store for as long as nothing is taken out of it behind our back. */
export const loadKey = 'deny:load';

export interface StoreLoadDeps {
  store: KeyValueStore;
  denials: { generation(): Promise<number>; endGeneration(seen: number): Promise<boolean> };
}

/**
 * Which load of the store this process knows to be whole. A load is a server process and a generation, whose number is in the store under
 * `deny:load`. Every number is written there once only, before anything is pushed under it: while it is there, everything that was
 * pushed since is there too, and a server that was flushed has lost it.
 */
export interface StoreLoad {
  /** The last one seen; what is pushed from now on, to its server, may be confirmed on it. */
  current(): Load | undefined;
  /** Sees which load the server has, or begins one. Rejects when it cannot tell. */
  open(serverId: string): Promise<Load>;
  /** The store has lost it. */
  lost(): void;
}

const markerTtlMs = 10 * 365 * 24 * 3600 * 1000;
const settleMs = 150;

export function createStoreLoad({ store, denials }: StoreLoadDeps): StoreLoad {
  let current: Load | undefined;

  async function look(serverId: string): Promise<{ generation: number; isThere: boolean }> {
    const generation = await denials.generation();
    const { values, serverId: answered } = await store.read([loadKey]);
    if (answered !== serverId) throw new Error('The shared store was exchanged in the middle of a look.');
    return { generation, isThere: generation > 0 && values[0] === String(generation) };
  }

  async function begin(serverId: string, seen: number): Promise<Load> {
    if (!(await denials.endGeneration(seen))) throw new Error('Another replica loads the shared store.');
    const generation = seen + 1;
    const entry = { key: loadKey, value: String(generation), ttlMs: markerTtlMs };
    const written = await store.write([entry]);
    if (written.serverId !== serverId) throw new Error('The shared store was exchanged in the middle of a load.');
    return { serverId, generation };
  }

  return {
    current: () => current,
    async open(serverId) {
      if (current?.serverId === serverId) return current;
      const first = await look(serverId);
      if (first.isThere) return (current = { serverId, generation: first.generation });
      // Another replica may be about to write it.
      await sleep(jitter(settleMs));
      const { generation, isThere } = await look(serverId);
      if (!isThere && generation !== first.generation) throw new Error('Another replica loads the shared store.');
      return (current = isThere ? { serverId, generation } : await begin(serverId, generation));
    },
    lost() {
      current = undefined;
    },
  };
}
