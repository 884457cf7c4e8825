import { describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { createActorCache } from './actor-cache.ts';
import type { KnownActor } from './ask-auth.ts';

const actorOf = (actorId: string, displayName: string): KnownActor => ({
  ...{ actor_id: actorId, actor_type: 'human', microdao_ids: [], roles: [] },
  ...{ username: actorId.slice('user:'.length), displayName, status: 'active' },
});

function start() {
  const clock = { ms: 1_000_000 };
  const questions: { actorId: string; answer: (name: string | null) => void; fail: () => void }[] = [];
  const cache = createActorCache({
    now: () => new Date(clock.ms),
    find: (actorId) =>
      new Promise((resolve, reject) => {
        const answer = (name: string | null): void => resolve(name === null ? null : actorOf(actorId, name));
        questions.push({ actorId, answer, fail: () => reject(new Error('auth is away')) });
      }),
  });
  /** What is answered at once; undefined where auth must be waited for. */
  const atOnce = (actorId: string): string | undefined => {
    const found = cache.get(actorId);
    if (!(found instanceof Promise)) return found?.displayName;
    found.catch(() => undefined);
    return undefined;
  };
  /** Has those actors known. */
  const learn = async (...actorIds: string[]): Promise<void> => {
    for (const actorId of actorIds) atOnce(actorId);
    for (const { answer } of questions.splice(0)) answer('before');
    await turn();
  };
  return { clock, cache, questions, atOnce, learn };
}

describe('an actor that is in use', () => {
  it('is asked about again before its minute is over, and nobody waits for the answer', async () => {
    const { clock, questions, atOnce, learn } = start();
    await learn('user:giles');
    clock.ms += 29_999;
    expect([atOnce('user:giles'), questions.length]).toEqual(['before', 0]);
    clock.ms += 1;
    expect([atOnce('user:giles'), atOnce('user:giles'), questions.length]).toEqual(['before', 'before', 1]);
    questions[0]?.answer('after');
    await turn();
    clock.ms += 29_999;
    expect([atOnce('user:giles'), questions.length]).toEqual(['after', 1]);
  });

  it('is waited for once it is a minute old, however often auth has failed', async () => {
    const { clock, cache, questions, atOnce, learn } = start();
    await learn('user:giles');
    clock.ms += 30_000;
    expect(atOnce('user:giles')).toBe('before');
    questions[0]?.fail();
    await turn();
    clock.ms += 1_000;
    expect([atOnce('user:giles'), questions.length]).toEqual(['before', 1]);
    clock.ms += 29_000;
    const waited = cache.get('user:giles');
    expect(waited).toBeInstanceOf(Promise);
    questions[1]?.answer('after');
    await expect(waited).resolves.toMatchObject({ displayName: 'after' });
  });

  it('is known no longer when auth knows none', async () => {
    const { clock, questions, atOnce, learn } = start();
    await learn('user:giles');
    clock.ms += 30_000;
    expect(atOnce('user:giles')).toBe('before');
    questions[0]?.answer(null);
    await turn();
    expect([atOnce('user:giles'), questions.length]).toEqual([undefined, 2]);
  });

  it('is not taken from an answer that began before the actor changed', async () => {
    const { clock, cache, questions, atOnce, learn } = start();
    await learn('user:giles');
    clock.ms += 30_000;
    atOnce('user:giles');
    cache.forget('user:giles');
    questions[0]?.answer('stale');
    await turn();
    expect(atOnce('user:giles')).toBeUndefined();
  });
});

it('asks about a few ahead of time, not about everybody who came in the same second', async () => {
  const { clock, questions, atOnce, learn } = start();
  const everybody = Array.from({ length: 100 }, (_, n) => `user:${n}`);
  await learn(...everybody);
  clock.ms += 30_000;
  for (const actorId of everybody) expect(atOnce(actorId)).toBe('before');
  expect(questions).toHaveLength(4);
  for (const { answer } of questions.splice(0)) answer('after');
  await turn();
  for (const actorId of everybody) atOnce(actorId);
  expect(questions.map(({ actorId }) => actorId)).toEqual(['user:4', 'user:5', 'user:6', 'user:7']);
});
