import { z } from 'zod';
import { type LimitName, type Limits, limits } from './buckets.ts';

const wants = 'wants a number of requests per minute, at least 1, or off';
const perMinute = z
  .string(wants)
  .regex(/^(?:off|[1-9]\d{0,9})$/i, wants)
  .transform((text) => (text.toLowerCase() === 'off' ? Infinity : Number(text)));

const names = Object.keys(limits) as LimitName[];

/** The environment variables of all limits. */
export const limitsEnv = Object.fromEntries(
  names.map((name) => [limits[name].variable, perMinute.default(limits[name].perMinute)]),
);

/** @param env what `limitsEnv` has checked */
export function limitsOf(env: Record<string, unknown>): Limits {
  const limitOf = (name: LimitName): unknown => {
    const value = env[limits[name].variable];
    return value === Infinity ? undefined : value;
  };
  return Object.fromEntries(names.map((name) => [name, limitOf(name)])) as Limits;
}
