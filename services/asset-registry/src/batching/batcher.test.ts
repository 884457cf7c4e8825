import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createBatcher, type BatcherOptions } from './batcher.ts';

interface Call {
  items: string[];
  remainingMs: number;
  answer: (results?: string[]) => void;
  fail: (error: Error) => void;
}

/** A batcher whose calls end when the test says so. */
function controlled(o: Partial<BatcherOptions<string, string>> = {}) {
  const calls: Call[] = [];
  const batcher = createBatcher<string, string>({
    maxItems: 3,
    maxInFlight: 2,
    patienceMs: 10_000,
    send: (items, remainingMs) =>
      new Promise((resolve, reject) => {
        const answer = (results = items.map((item) => item.toUpperCase())): void => resolve(results);
        calls.push({ items, remainingMs, answer, fail: reject });
      }),
    ...o,
  });
  return { calls, add: (item: string) => batcher.add(item) };
}

/** Taken at once, so that no rejection is ever unhandled. */
function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(() => 'none', String);
}

// No clock of a busy machine decides here.
beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] }));
afterEach(() => void jest.useRealTimers());
const sleep = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
const turns = (): Promise<void> => sleep(5);

describe('a batcher', () => {
  it('sends at once what came in the same turn, and gives everybody their own result', async () => {
    const { calls, add } = controlled();
    const results = Promise.all([add('a'), add('b')]);
    await turns();
    expect(calls.map((call) => call.items)).toEqual([['a', 'b']]);
    calls[0]?.answer();
    expect(await results).toEqual(['A', 'B']);
  });

  it('collects the next batch while one is under way', async () => {
    const { calls, add } = controlled();
    const first = add('a');
    await turns();
    const rest = Promise.all([add('b'), add('c')]);
    await turns();
    expect(calls).toHaveLength(1);
    calls[0]?.answer();
    await first;
    await turns();
    expect(calls[1]?.items).toEqual(['b', 'c']);
    calls[1]?.answer();
    expect(await rest).toEqual(['B', 'C']);
  });

  it('does not wait for a slow batch longer than its patience, nor when the next one is full', async () => {
    const patient = controlled({ patienceMs: 30 });
    void patient.add('a');
    await turns();
    void patient.add('b');
    await turns();
    expect(patient.calls).toHaveLength(1);
    await sleep(60);
    expect(patient.calls.map((call) => call.items)).toEqual([['a'], ['b']]);

    const full = controlled();
    void full.add('a');
    await turns();
    for (const item of ['b', 'c', 'd']) void full.add(item);
    await turns();
    expect(full.calls.map((call) => call.items)).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('never has more under way than it may', async () => {
    const { calls, add } = controlled({ patienceMs: 1 });
    for (let i = 0; i < 20; i += 1) void add(String(i));
    await sleep(50);
    expect(calls.map((call) => call.items.length)).toEqual([3, 3]);
  });

  it('puts no two of the same key into one batch, and loses neither', async () => {
    const { calls, add } = controlled({ keysOf: (item) => [item.slice(0, 1)] });
    const results = Promise.all(['a1', 'a2', 'b1', 'a3'].map(add));
    for (let i = 0; i < 3; i += 1) {
      await turns();
      calls[i]?.answer();
    }
    expect(calls.map((call) => call.items)).toEqual([['a1', 'b1'], ['a2'], ['a3']]);
    expect(await results).toEqual(['A1', 'A2', 'B1', 'A3']);
  });

  it('fails those of a failed batch and goes on', async () => {
    const { calls, add } = controlled();
    const failed = failureOf(add('a'));
    await turns();
    const next = add('b');
    calls[0]?.fail(new Error('gone'));
    expect(await failed).toMatch(/gone/);
    await turns();
    calls[1]?.answer();
    expect(await next).toBe('B');
  });

  it('takes a missing result for a failure', async () => {
    const { calls, add } = controlled();
    const [a, b] = [add('a'), add('b')];
    const failed = failureOf(b);
    await turns();
    calls[0]?.answer(['A']);
    expect(await a).toBe('A');
    expect(await failed).toMatch(/shorter/);
  });

  it('counts the waiting into the time that a call has', async () => {
    const { calls, add } = controlled({ timeoutMs: 2_000, maxInFlight: 1 });
    const first = add('a');
    await turns();
    const second = add('b');
    const late = failureOf(add('c'));
    await sleep(60);
    calls[0]?.answer();
    await first;
    await turns();
    expect(calls[1]?.items).toEqual(['b', 'c']);
    expect(calls[1]?.remainingMs).toBeLessThanOrEqual(1_950);
    calls[1]?.fail(new Error('timed out'));
    await expect(second).rejects.toThrow('timed out');
    expect(await late).toMatch(/timed out/);

    const slow = controlled({ timeoutMs: 20, maxInFlight: 1 });
    void slow.add('a');
    await turns();
    const overdue = failureOf(slow.add('b'));
    await sleep(40);
    slow.calls[0]?.answer();
    await turns();
    expect(await overdue).toMatch(/before it could be sent/);
    expect(slow.calls).toHaveLength(1);
  });
});
