import { jitter } from '@artdag/service-kit';
import type { CheckResult, Verdict } from './judge.ts';

const againSoonMs = 15 * 60_000;

/** When a pin is looked at again: at its interval, give or take a quarter, or soon when something is to be confirmed. */
export function nextCheckAt({ state }: Verdict, result: CheckResult, o: { now: Date; intervalMs: number }): Date {
  const isOpen = state.suspected !== null || result === 'pending' || result === 'unreachable';
  return new Date(o.now.getTime() + jitter(isOpen ? Math.min(againSoonMs, o.intervalMs) : o.intervalMs));
}

/** When a provider is asked again that could not be asked `failures` times in a row: after twice the time each time, an hour at most. */
export function nextTryAt(failures: number, o: { now: Date; intervalMs: number }): Date {
  const doubledMs = againSoonMs * 2 ** Math.min(failures - 1, 2);
  return new Date(o.now.getTime() + jitter(Math.min(doubledMs, o.intervalMs)));
}
