import type { KeyObject } from 'node:crypto';
import { keyKinds, type KeyKind } from '@artdag/actor-keys';
import type { Execute } from '@artdag/messaging';
import { LRUCache } from 'lru-cache';
import type { ActorKeyRepository } from './actor-key.repository.ts';
import { primaryKey, type KeyMaker } from './key-maker.ts';
import type { ActorKey, KeyOwner, KeyStore } from './key-store.ts';

/** A primary key, ready to sign. */
export interface SigningKey {
  keyId: string;
  privateKey: KeyObject;
}

/** The primary keys in use, private halves in memory; the least used make room. */
export interface SigningKeys {
  /** What memory holds. */
  peek(actorId: string, kind: KeyKind): SigningKey | undefined;
  /** Reads the primary key, and makes the pair when there is none. @throws AppError 503 `actor_key_unavailable` */
  load(owner: KeyOwner, kind: KeyKind): Promise<SigningKey>;
  /** Forgets what it holds of an actor; with a version only what is from before it. */
  forget(actorId: string, beforeVersion?: number): void;
}

type Held = SigningKey & { version: number };

const defaultMaxKeys = 10_000;

export function createSigningKeys(o: {
  repository: ActorKeyRepository;
  execute: Execute;
  maker: KeyMaker;
  store: KeyStore;
  maxKeys?: number | undefined;
}): SigningKeys {
  const held = new LRUCache<string, Held>({ max: o.maxKeys ?? defaultMaxKeys });
  const loading = new Map<string, Promise<Held>>();

  const read = async (owner: KeyOwner, kind: KeyKind): Promise<Held> => {
    const { row, version } = await find(owner, kind);
    try {
      return { keyId: row.keyId, version, privateKey: await o.store.open(row) };
    } catch (error) {
      // Its file makes room for the next one's in the moment of a rotation.
      const now = await find(owner, kind);
      if (now.row.keyId === row.keyId) throw error;
      return { keyId: now.row.keyId, version: now.version, privateKey: await o.store.open(now.row) };
    }
  };
  const find = async (owner: KeyOwner, kind: KeyKind): Promise<{ row: ActorKey; version: number }> => {
    const found = await o.repository.find(o.execute, owner.actorId);
    const set = primaryKey(found, kind) === undefined ? await o.maker.ensure(owner, [kind]) : found;
    const row = primaryKey(set, kind);
    if (set === null || row === undefined) throw new Error(`No ${kind} key of ${owner.actorId} after it was made.`);
    return { row, version: set.version };
  };

  return {
    peek: (actorId, kind) => held.get(cacheKey(actorId, kind)),
    load(owner, kind) {
      const name = cacheKey(owner.actorId, kind);
      const running = loading.get(name);
      if (running !== undefined) return running;
      const answer = read(owner, kind)
        .then((key) => {
          // Forgotten meanwhile: good for those who asked before, and for nobody after them.
          if (loading.get(name) === answer) held.set(name, key);
          return key;
        })
        .finally(() => {
          if (loading.get(name) === answer) loading.delete(name);
        });
      loading.set(name, answer);
      return answer;
    },
    forget(actorId, beforeVersion = Infinity) {
      for (const name of keyKinds.map((kind) => cacheKey(actorId, kind))) {
        if ((held.peek(name)?.version ?? Infinity) < beforeVersion) held.delete(name);
        if (beforeVersion === Infinity) loading.delete(name);
      }
    },
  };
}

function cacheKey(actorId: string, kind: KeyKind): string {
  return `${kind} ${actorId}`;
}
