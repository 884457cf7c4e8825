import { afterEach, describe, expect, it } from '@jest/globals';
import { collectingLogger } from './http/test-app.testing.ts';
import { createLoop, type Loop, type LoopOptions } from './loop.ts';

const loops: Loop[] = [];
afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.stop()));
});

function start(o: Partial<LoopOptions> & Pick<LoopOptions, 'run'>) {
  const { logger, logs } = collectingLogger();
  const loop = createLoop({ name: 'job', everyMs: 60_000, logger, ...o });
  loops.push(loop);
  loop.start();
  return { loop, logs };
}

/** Waits for a condition, at most 20 s. */
async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 20_000; !condition() && performance.now() < end;) await after(5);
  expect(condition()).toBe(true);
}

const after = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

describe('createLoop', () => {
  it('runs at once and then periodically', async () => {
    let turns = 0;
    start({ everyMs: 20, run: () => Promise.resolve(void (turns += 1)) });
    await until(() => turns > 2);
    expect(turns).toBeLessThan(10);
  });

  it('goes on without a pause while there is more work', async () => {
    let left = 50;
    start({ run: () => Promise.resolve((left -= 1) > 0) });
    await until(() => left === 0);
  });

  it('is woken at once, never overlaps, and a wake during a turn is not lost', async () => {
    let running = 0;
    let most = 0;
    let turns = 0;
    /** Of the turns so far. */
    const ends: (() => void)[] = [];
    const { loop } = start({
      run: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise<void>((resolve) => void ends.push(resolve));
        running -= 1;
        turns += 1;
      },
    });
    ends[0]?.();
    await until(() => turns === 1);
    await after(10);
    loop.wake();
    await until(() => ends.length === 2);
    loop.wake();
    loop.wake();
    await after(10);
    ends[1]?.();
    await until(() => ends.length === 3);
    ends[2]?.();
    await until(() => turns === 3);
    await after(50);
    expect([turns, most]).toEqual([3, 1]);
  });

  it('logs the first failure as an error, backs off, ignores wakes meanwhile, and says when it works again', async () => {
    const at: number[] = [];
    const { loop, logs } = start({
      run: () => {
        at.push(performance.now());
        if (at.length <= 3) return Promise.reject(new Error('no broker'));
        return Promise.resolve();
      },
    });
    await until(() => logs().length > 0);
    loop.wake();
    await until(() => logs().length === 4);
    const gaps = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    expect(gaps[0]).toBeGreaterThan(70);
    expect(gaps[2]).toBeGreaterThan(290);
    expect(logs().map((line) => line['level'])).toEqual(['error', 'warn', 'warn', 'info']);
    expect(logs()[0]).toMatchObject({
      message: expect.stringMatching(/^job: failed, next try in \d+ ms$/),
      error: { message: 'no broker' },
    });
  });

  it('tells the running turn to stop, waits for it, and begins no other', async () => {
    let ended = false;
    let turns = 0;
    const { loop } = start({
      run: async (signal) => {
        turns += 1;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await after(50);
        ended = true;
        return true;
      },
    });
    await after(10);
    await loop.stop();
    expect([ended, turns]).toEqual([true, 1]);
    loop.wake();
    await after(30);
    expect(turns).toBe(1);
  });

  it('stops at once during a pause, and may be stopped unstarted', async () => {
    const { loop } = start({ run: () => Promise.resolve() });
    await after(10);
    const startedAt = performance.now();
    await loop.stop();
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    await createLoop({ name: 'x', everyMs: 1, run: () => Promise.resolve(), logger: collectingLogger().logger }).stop();
  });
});
