import type { WindowCharge, WindowCount } from './key-value-store.ts';

/** One counter: the number of a fixed window, what it holds, and what the one before it held. */
export interface WindowState {
  number: number;
  current: number;
  previous: number;
}

/** Decides one charge at `nowMs` and gives the counter's next state. The script for Redis does the same sums. */
export function chargeWindow(
  held: WindowState | undefined,
  { amount, limit, windowMs }: WindowCharge,
  nowMs: number,
): { result: WindowCount; state: WindowState } {
  const number = Math.floor(nowMs / windowMs);
  const gone = nowMs - number * windowMs;
  const state = rolled(held, number);
  const weighted = state.previous * (1 - gone / windowMs);
  if (limit !== null && amount > 0 && state.current + weighted + amount > limit) {
    const resetMs = Math.ceil(untilRoom(state, limit - amount, windowMs) - gone);
    return { result: { allowed: false, count: Math.ceil(state.current + weighted), resetMs }, state };
  }
  state.current = Math.max(0, state.current + amount);
  const result = { allowed: true, count: Math.ceil(state.current + weighted), resetMs: Math.ceil(windowMs - gone) };
  return { result, state };
}

function rolled(held: WindowState | undefined, number: number): WindowState {
  if (held?.number === number) return { ...held };
  return { number, current: 0, previous: held?.number === number - 1 ? held.current : 0 };
}

/** From the start of the fixed window, the time at which no more than `room` is counted; never for less than none: two windows. */
function untilRoom({ current, previous }: WindowState, room: number, windowMs: number): number {
  if (room < 0) return 2 * windowMs;
  if (room >= current) return windowMs * (1 - (room - current) / previous);
  return windowMs + windowMs * (1 - room / current);
}

/** Throws RangeError for what no counter can do. */
export function checkedCharges(charges: readonly WindowCharge[]): readonly WindowCharge[] {
  for (const { amount, limit, windowMs } of charges) {
    if (!Number.isSafeInteger(windowMs) || windowMs < 1)
      throw new RangeError(`windowMs is ${windowMs}, wants a whole number above 0`);
    if (!Number.isSafeInteger(amount)) throw new RangeError(`amount is ${amount}, wants a whole number`);
    if (limit !== null && !Number.isFinite(limit)) throw new RangeError(`limit is ${limit}, wants a number or null`);
  }
  return charges;
}
