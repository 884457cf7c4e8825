import { actorKeysChanged } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import type { ActorKeyRepository, KeySet } from './actor-key.repository.ts';
import { publicKeyInfo } from './public-key-info.ts';
import { firstKeyId } from './key-id.ts';
import type { KeyKind } from './key-pair.ts';
import type { ActorKey, KeyOwner, KeyStore, Proposal } from './key-store.ts';

export interface KeyMakerDeps {
  repository: ActorKeyRepository;
  store: KeyStore;
  publicUrl: string;
  now: () => Date;
  /** Autocommit statements. */
  execute: Execute;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
}

/** One pair per actor and kind, whoever is first: the row decides, and whoever's pair it does not hold throws theirs away. */
export interface KeyMaker {
  /** The actor's keys, with a primary one of each of `kinds`: those that were missing have been made. */
  ensure(owner: KeyOwner, kinds: readonly KeyKind[]): Promise<KeySet>;
  /** Pairs for the kinds that have no primary key yet. Takes long (RSA) and no lock. */
  prepare(execute: Execute, owner: KeyOwner, kinds: readonly KeyKind[]): Promise<Proposal[]>;
  /** Stores the pairs that are first, and `actor-keys-changed`, in the transaction that `execute` belongs to. */
  settle(execute: Execute, owner: KeyOwner, proposals: Proposal[]): Promise<KeySet>;
}

export function createKeyMaker(deps: KeyMakerDeps): KeyMaker {
  const { repository, store, publicUrl } = deps;

  const propose = async (held: KeySet | null, owner: KeyOwner, kinds: readonly KeyKind[]): Promise<Proposal[]> => {
    const missing = kinds.filter((kind) => primaryKey(held, kind) === undefined);
    return await Promise.all(
      missing.map((kind) => store.propose(owner, kind, firstKeyId(publicUrl, owner.username, kind))),
    );
  };

  const settle = async (execute: Execute, owner: KeyOwner, proposals: Proposal[]): Promise<KeySet> => {
    const { set, changed } = await repository.offer(execute, owner, proposals);
    if (changed) await appendEvent(execute, keysChanged(set, deps.now()));
    for (const proposal of proposals) {
      if (primaryKey(set, proposal.kind)?.publicKeyPem !== proposal.publicKeyPem) await proposal.discard();
    }
    return set;
  };

  return {
    async ensure(owner, kinds) {
      const held = await repository.find(deps.execute, owner.actorId);
      const proposals = await propose(held, owner, kinds);
      if (held !== null && proposals.length === 0) return held;
      return await deps.transaction((execute) => settle(execute, owner, proposals));
    },
    async prepare(execute, owner, kinds) {
      return await propose(await repository.find(execute, owner.actorId), owner, kinds);
    },
    settle,
  };
}

/** The primary key of a kind, if there is one. */
export function primaryKey(set: KeySet | null, kind: KeyKind): ActorKey | undefined {
  return set?.keys.find((key) => key.kind === kind && key.status === 'primary');
}

function keysChanged(set: KeySet, now: Date) {
  return actorKeysChanged.create({
    id: newId('evt'),
    occurred_at: now.toISOString(),
    subject: `${set.actorId}#keys`,
    subject_version: set.version,
    actor_id: set.actorId,
    data: { actor_id: set.actorId, username: set.username, keys: set.keys.map(publicKeyInfo) },
  });
}
