import type { Execute } from '@artdag/messaging';
import { remember } from './remember.ts';
import { countUsage, type Usage } from './usage.repository.ts';

const COUNTED_EVERY_MS = 10 * 60_000;

/** How much this server is used, counted every ten minutes at most. */
export function measureUsage(execute: Execute, now: () => Date): () => Promise<Usage> {
  return remember(() => countUsage(execute, now()), now, COUNTED_EVERY_MS);
}
