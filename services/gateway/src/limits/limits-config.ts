import { perMinute } from '@artdag/service-kit';
import { type LimitName, type Limits, limits } from './buckets.ts';

const names = Object.keys(limits) as LimitName[];

/** The environment variables of all limits. */
export const limitsEnv = Object.fromEntries(
  names.map((name) => [limits[name].variable, perMinute(limits[name].perMinute)]),
);

/** @param env what `limitsEnv` has checked */
export function limitsOf(env: Record<string, unknown>): Limits {
  const limitOf = (name: LimitName): unknown => {
    const value = env[limits[name].variable];
    return value === Infinity ? undefined : value;
  };
  return Object.fromEntries(names.map((name) => [name, limitOf(name)])) as Limits;
}
