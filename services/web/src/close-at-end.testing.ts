import { afterAll } from '@jest/globals';

const closers: (() => Promise<unknown>)[] = [];

/**
 * Has what a test file starts closed at its end, whatever becomes of the hook that starts it: one that fails or takes too long has no name for what it
 * has started meanwhile, and an open server keeps jest from ending.
 *
 * @param starting what is being started
 */
export function closeAtEnd<T>(starting: Promise<T>, close: (started: T) => Promise<unknown>): Promise<T> {
  closers.unshift(() => starting.then(close, () => undefined));
  return starting;
}

afterAll(async () => {
  for (const close of closers.splice(0)) await close();
});
