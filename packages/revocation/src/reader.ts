import type { KeyValueStore } from '@artdag/key-value';
import type { Logger } from '@artdag/service-kit';
import { LRUCache } from 'lru-cache';
import { createBatcher } from './batcher.ts';
import { createStoreLook } from './store-look.ts';
import { askInTime } from './truth.ts';

/** Who said so: this process's memory, the shared store, or the truth behind it. */
export type RevokedBy = 'memory' | 'store' | 'auth';

export interface Revoked {
  id: string;
  reason: string;
  by: RevokedBy;
}

export interface RevocationReader {
  /**
   * Asked at every use of a credential, with all ids under which it may have been taken back. Undefined: under none of them.
   *
   * @throws RevocationUnavailable when nobody can say
   */
  check(ids: readonly string[]): Promise<Revoked | undefined>;
  /** What this process has itself taken back: refused from now on without asking. */
  remember(ids: readonly string[], reason: string): void;
}

export interface RevocationReaderOptions {
  store: KeyValueStore;
  /** The reason of each of the ids that is denied, by the truth. At most 500 ids at a time. */
  askTruth: (ids: readonly string[]) => Promise<Record<string, string>>;
  logger: Logger;
  /** Milliseconds that never go back; `performance.now` by default. */
  now?: () => number;
  /** How long the store may take; 200 by default. */
  storeTimeoutMs?: number;
  /** How long the truth may take; 2,000 by default. */
  truthTimeoutMs?: number;
}

type Answer = { by: RevokedBy; reasons: ReadonlyMap<string, string> };

const remembered = { max: 50_000, ttl: 24 * 3600 * 1000 };
// Auth takes 1,000, and 64 KiB.
const idsPerQuestion = 500;
const truthQuestionsAtOnce = 4;
/** What comes while one is under way shares the next: under load a read serves many, and each costs two system calls. */
const readsAtOnce = 1;

/**
 * Whether a credential has been taken back. "Revoked" is remembered, "not revoked" never is: every check that is not answered from memory
 * goes to the shared store, and past it to the truth when the store is not to be relied upon.
 */
export function createRevocationReader(o: RevocationReaderOptions): RevocationReader {
  const now = o.now ?? (() => performance.now());
  const memory = new LRUCache<string, string>({ ...remembered, perf: { now } });
  const look = createStoreLook({ store: o.store, logger: o.logger, now, timeoutMs: o.storeTimeoutMs ?? 200 });
  const truth = createBatcher<ReadonlyMap<string, string>>({
    run: (ids) => askInTime(o.askTruth, ids, o.truthTimeoutMs ?? 2000),
    maxIds: idsPerQuestion,
    maxRunning: truthQuestionsAtOnce,
  });
  const store = createBatcher({ run: look, maxIds: idsPerQuestion, maxRunning: readsAtOnce });

  async function ask(ids: readonly string[]): Promise<Answer> {
    const reasons = await store.add(ids);
    if (reasons !== undefined) return { by: 'store', reasons };
    return { by: 'auth', reasons: await truth.add(ids) };
  }

  function remember(id: string, reason: string): void {
    if (isForGood(id)) memory.set(id, reason);
  }

  return {
    async check(ids) {
      const known = memory.size === 0 ? undefined : ids.find((id) => memory.has(id));
      if (known !== undefined) return { id: known, reason: memory.get(known) ?? 'revoked', by: 'memory' };
      if (ids.length === 0) return undefined;
      const { by, reasons } = await ask(ids);
      const id = ids.find((each) => reasons.has(each));
      if (id === undefined) return undefined;
      const reason = reasons.get(id) ?? 'revoked';
      remember(id, reason);
      return { id, reason, by };
    },
    remember: (ids, reason) => {
      for (const id of ids) remember(id, reason);
    },
  };
}

/** An actor (`user:…`) that is disabled may be enabled again; nothing else comes back. */
function isForGood(id: string): boolean {
  return !id.includes(':');
}
