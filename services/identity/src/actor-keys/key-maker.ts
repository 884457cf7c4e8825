import { firstKeyId, type KeyKind } from '@artdag/actor-keys';
import { appendEvent, type Execute } from '@artdag/messaging';
import type { ActorKeyRepository, KeySet } from './actor-key.repository.ts';
import { keysChanged } from './keys-changed.ts';
import { keyUnavailable, type ActorKey, type KeyOwner, type KeyStore, type Proposal } from './key-store.ts';

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
  /**
   * The actor's keys, with a primary one of each of `kinds`: those that were missing have been made. Takes long (RSA); no transaction may be
   * open.
   */
  ensure(owner: KeyOwner, kinds: readonly KeyKind[]): Promise<KeySet>;
}

const maxTries = 5;

export function createKeyMaker(deps: KeyMakerDeps): KeyMaker {
  const { repository, store, publicUrl } = deps;

  const propose = async (held: KeySet | null, owner: KeyOwner, kinds: readonly KeyKind[]): Promise<Proposal[]> => {
    const missing = kinds.filter((kind) => primaryKey(held, kind) === undefined);
    return await Promise.all(
      missing.map((kind) => store.propose(owner, kind, firstKeyId(publicUrl, owner.username, kind))),
    );
  };

  /** Stores the pairs that are first, and `actor-keys-changed`; null when another pair waits, which is to be taken. */
  const offer = async (execute: Execute, owner: KeyOwner, proposals: Proposal[]): Promise<KeySet | null> => {
    if (!(await store.admit(execute, owner, proposals))) return null;
    const { set, changed } = await repository.offer(execute, owner, proposals);
    if (changed) await appendEvent(execute, keysChanged(set, deps.now()));
    return set;
  };

  return {
    async ensure(owner, kinds) {
      for (let tries = 0; tries < maxTries; tries++) {
        const held = await repository.find(deps.execute, owner.actorId);
        const proposals = await propose(held, owner, kinds);
        if (held !== null && proposals.length === 0) return held;
        // If this throws, the rows may be there or not: no pair is thrown away, and the next try finds what there is.
        const set = await deps.transaction((execute) => offer(execute, owner, proposals));
        for (const proposal of proposals) {
          const held = primaryKey(set, proposal.kind);
          if (held !== undefined && held.publicKeyPem !== proposal.publicKeyPem) await proposal.discard();
        }
        if (set !== null) return set;
      }
      throw keyUnavailable(firstKeyId(publicUrl, owner.username, kinds[0] ?? 'ed25519'), 'other pairs keep appearing.');
    },
  };
}

/** The primary key of a kind, if there is one. */
export function primaryKey(set: KeySet | null, kind: KeyKind): ActorKey | undefined {
  return set?.keys.find((key) => key.kind === kind && key.status === 'primary');
}
