import type { Invalidations } from '@artdag/key-value';
import { LRUCache } from 'lru-cache';
import { keyListCache } from '../public-keys/confirm-revoked.ts';
import type { KeyList } from './key-list.ts';
import { createQuestion } from './question.ts';

/** The key lists of handles, kept for half a minute (cache `msign/keys`) and ready to verify with. */
export interface KeyLists {
  /** What memory holds: null for a handle that nobody has, undefined when it has to be asked. */
  peek(handle: string): KeyList | null | undefined;
  /** Asks; all that are wanted in one turn are asked at once, and whoever wants the same waits for the same answer. */
  load(handle: string): Promise<KeyList | null>;
}

export interface KeyListsOptions {
  /** Handles that nobody has are left out. */
  find: (handles: readonly string[]) => Promise<Map<string, KeyList>>;
  invalidations: Pick<Invalidations, 'on' | 'onGap'>;
  now: () => Date;
}

const maxLists = 10_000;
const maxAgeMs = 30_000;
/** Whoever registers signs the next moment. */
const unknownMs = 2000;

interface Entry<T> {
  list: T;
  askedAt: number;
}

export function createKeyLists(o: KeyListsOptions): KeyLists {
  const held = new LRUCache<string, Entry<KeyList>>({ max: maxLists });
  // Apart, so that made-up handles push nobody out.
  const unknown = new LRUCache<string, Entry<null>>({ max: maxLists });
  const asking = new Map<string, Promise<KeyList | null>>();
  const want = createQuestion(o.find);

  const start = (handle: string): Promise<KeyList | null> => {
    // Aged from before the question, and kept only if nothing was heard since: what is changed meanwhile must not count as known.
    const askedAt = o.now().getTime();
    const answer: Promise<KeyList | null> = want(handle)
      .then((lists) => {
        const list = lists.get(handle) ?? null;
        if (asking.get(handle) === answer) keep(handle, list, askedAt);
        return list;
      })
      .finally(() => {
        if (asking.get(handle) === answer) asking.delete(handle);
      });
    asking.set(handle, answer);
    return answer;
  };
  const keep = (handle: string, list: KeyList | null, askedAt: number): void => {
    if (list === null) {
      held.delete(handle);
      unknown.set(handle, { list, askedAt });
    } else {
      unknown.delete(handle);
      held.set(handle, { list, askedAt });
    }
  };

  const drop = (handle: string): void => {
    for (const kept of [held, unknown, asking]) kept.delete(handle);
  };
  o.invalidations.on(keyListCache, drop);
  o.invalidations.onGap(() => {
    for (const kept of [held, unknown, asking]) kept.clear();
  });

  const young = (entry: Entry<unknown> | undefined, maxMs: number): boolean => {
    if (entry === undefined) return false;
    const age = o.now().getTime() - entry.askedAt;
    // A clock that was set back must not make it last.
    return age >= 0 && age < maxMs;
  };

  return {
    peek(handle) {
      const entry = held.get(handle);
      if (young(entry, maxAgeMs)) return entry?.list;
      return young(unknown.get(handle), unknownMs) ? null : undefined;
    },
    load: (handle) => asking.get(handle) ?? start(handle),
  };
}
