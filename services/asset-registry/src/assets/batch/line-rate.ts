import type { WindowLimiter } from '@artdag/rate-limit';
import { AppError } from '@artdag/service-kit';

/** Counts the lines of one batch. Gives the 429 when there is no room for so many more. */
export type CountLines = (lines: number) => Promise<AppError | undefined>;

/** How many lines of batches an actor may send in a minute. */
export type LineRate = (actorId: string) => CountLines;

/** They are counted by the hundred, as the limiter counts ones. */
const linesPerUnit = 100;
const windowMs = 60_000;

/** @param perMinute undefined: no limit */
export function createLineRate(limiter: WindowLimiter, perMinute: number | undefined): LineRate {
  if (perMinute === undefined) return () => () => Promise.resolve(undefined);
  const limit = Math.max(1, Math.floor(perMinute / linesPerUnit));
  return (key) => {
    let paid = 0;
    return async (lines) => {
      paid -= lines;
      while (paid < 0) {
        const { allowed, retryAfterSeconds } = await limiter.take([{ bucket: 'batch', key, limit, windowMs }]);
        if (!allowed) return tooMany(perMinute, retryAfterSeconds);
        paid += linesPerUnit;
      }
      return undefined;
    };
  };
}

function tooMany(perMinute: number, seconds: number): AppError {
  const message = `You may register ${perMinute} works a minute in batches; send the rest in ${seconds} s.`;
  return new AppError('rate_limited', 429, message, { headers: { 'retry-after': String(seconds) } });
}
