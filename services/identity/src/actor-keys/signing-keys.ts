import type { KeyObject } from 'node:crypto';
import type { Execute } from '@artdag/messaging';
import { LRUCache } from 'lru-cache';
import type { ActorKeyRepository } from './actor-key.repository.ts';
import { primaryKey, type KeyMaker } from './key-maker.ts';
import type { KeyKind } from './key-pair.ts';
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
}

const maxKeys = 10_000;

export function createSigningKeys(o: {
  repository: ActorKeyRepository;
  execute: Execute;
  maker: KeyMaker;
  store: KeyStore;
}): SigningKeys {
  const held = new LRUCache<string, SigningKey>({ max: maxKeys });
  const loading = new Map<string, Promise<SigningKey>>();

  const read = async (owner: KeyOwner, kind: KeyKind): Promise<SigningKey> => {
    const row = primaryKey(await o.repository.find(o.execute, owner.actorId), kind) ?? (await make(owner, kind));
    const key = { keyId: row.keyId, privateKey: await o.store.open(row) };
    held.set(cacheKey(owner.actorId, kind), key);
    return key;
  };
  const make = async (owner: KeyOwner, kind: KeyKind): Promise<ActorKey> => {
    const row = primaryKey(await o.maker.ensure(owner, [kind]), kind);
    if (row === undefined) throw new Error(`No ${kind} key of ${owner.actorId} after it was made.`);
    return row;
  };

  return {
    peek: (actorId, kind) => held.get(cacheKey(actorId, kind)),
    load(owner, kind) {
      const name = cacheKey(owner.actorId, kind);
      let answer = loading.get(name);
      if (answer === undefined) {
        answer = read(owner, kind).finally(() => loading.delete(name));
        loading.set(name, answer);
      }
      return answer;
    },
  };
}

function cacheKey(actorId: string, kind: KeyKind): string {
  return `${kind} ${actorId}`;
}
