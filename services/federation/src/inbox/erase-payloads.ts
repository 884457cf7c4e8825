import type { Execute } from '@artdag/messaging';
import { blankPayloads } from './inbox-log.repository.ts';

/**
 * Erases what strangers sent that names one of `marks`, of the `limit` activities after `after` (empty: from the first). Answers where it ended;
 * null when these were the last. An activity is still known when it comes again, by its hash.
 */
export async function erasePayloads(
  execute: Execute,
  batch: { marks: readonly string[]; after: string; limit: number },
): Promise<string | null> {
  return await blankPayloads(execute, batch);
}
