import { AppError } from '@artdag/service-kit';

const patienceMs = 5_000;

/**
 * Repeats a change that somebody else's overtook, from looking at the asset again, until it is stored. Each time somebody got on, so of many at
 * once all come through, one after the other.
 *
 * @param attempt gives undefined when it was overtaken
 * @throws AppError 409 `edit_conflict` after five seconds, or what an attempt throws
 */
export async function untilStored<T>(now: () => Date, attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = now().getTime() + patienceMs;
  for (;;) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (now().getTime() > deadline) {
      const headers = { 'retry-after': '1' };
      throw new AppError('edit_conflict', 409, 'Others are changing this asset at the moment; try again.', { headers });
    }
  }
}
