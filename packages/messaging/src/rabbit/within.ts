import { sleep } from '@artdag/service-kit';

/** Whether the promise settled within `ms`; its rejection counts as settled and is swallowed. For goodbyes that a dead peer never answers. */
export async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const stop = new AbortController();
  const settled = promise.then(
    () => true,
    () => true,
  );
  const late = sleep(ms, stop.signal).then(() => false);
  const inTime = await Promise.race([settled, late]);
  stop.abort();
  return inTime;
}
