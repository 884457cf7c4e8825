import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createInvalidations, type Invalidations, createMemoryStore, type KeyValueStore } from '@artdag/key-value';
import { quietLogger } from '@artdag/testing';
import type { KeyList } from './key-list.ts';
import { createKeyLists, type KeyLists } from './key-lists.ts';

let store: KeyValueStore;
let invalidations: Invalidations;
let lists: KeyLists;
/** What was asked, and how to answer it with the lists of these handles. */
let questions: { handles: readonly string[]; answer: (handles: string[]) => void; fail: () => void }[];

beforeEach(() => {
  store = createMemoryStore();
  invalidations = createInvalidations(store, quietLogger());
  questions = [];
  const find = (handles: readonly string[]): Promise<Map<string, KeyList>> =>
    new Promise((resolve, reject) => {
      const answer = (known: string[]) => resolve(new Map(known.map((handle) => [handle, listOf(handle)])));
      questions.push({ handles, answer, fail: () => reject(new Error('away')) });
    });
  lists = createKeyLists({ find, invalidations, now: () => new Date() });
});
afterEach(() => store.close());

function listOf(handle: string): KeyList {
  return {
    ...{ handle, actorId: `user:${handle}`, identityType: 'human', capabilities: [], ownerActorId: null },
    ...{ expiresAt: null, ended: false, endReason: null, keys: [] },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const handlesOf = (found: (KeyList | null)[]): unknown[] => found.map((list) => list && list.handle);

describe('key lists', () => {
  it('are asked for at once when they are wanted in one turn, and only once while the answer is under way', async () => {
    const first = ['a', 'b', 'a', 'c'].map((handle) => lists.load(handle));
    await turn();
    const later = ['b', 'c', 'd'].map((handle) => lists.load(handle));
    await turn();
    expect(questions.map(({ handles }) => handles)).toEqual([['a', 'b', 'c'], ['d']]);
    questions[0]?.answer(['a', 'b']);
    questions[1]?.answer(['d']);
    expect(handlesOf(await Promise.all([...first, ...later]))).toEqual(['a', 'b', 'a', null, 'b', null, 'd']);
    expect(handlesOf(['a', 'b', 'c', 'd'].map((handle) => lists.peek(handle) ?? null))).toEqual(['a', 'b', null, 'd']);
    expect([lists.peek('c'), lists.peek('e')]).toEqual([null, undefined]);
  });

  it('that were asked for before a change serve those who waited and are not kept', async () => {
    const waiting = lists.load('a');
    await turn();
    await invalidations.announce('msign/keys', 'a');
    const after = lists.load('a');
    await turn();
    questions[0]?.answer(['a']);
    expect(handlesOf([await waiting])).toEqual(['a']);
    expect(lists.peek('a')).toBeUndefined();
    questions[1]?.answer([]);
    expect([await after, lists.peek('a')]).toEqual([null, null]);
  });

  it('are asked for anew after a failure', async () => {
    const waiting = lists.load('a');
    await turn();
    questions[0]?.fail();
    await expect(waiting).rejects.toThrow('away');
    const again = lists.load('a');
    await turn();
    questions[1]?.answer(['a']);
    expect(handlesOf([await again])).toEqual(['a']);
  });
});
