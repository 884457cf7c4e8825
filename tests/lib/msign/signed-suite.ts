import { startClockedSuite, type ClockedSuite } from '../clocked-suite.ts';
import { noLimits } from '../no-limits.ts';
import type { Place } from './client.ts';

export const host = 'l2.example.com';

/** The whole way of a signed request in this process, under the name of the specification's vectors. */
export interface SignedSuite extends ClockedSuite {
  /** Somewhere that nobody has signed from: failures are counted by address. */
  elsewhere(): Place;
}

export async function startSignedSuite(o: { env?: Record<string, string>; now?: Date } = {}): Promise<SignedSuite> {
  const env = { ...noLimits, ARTDAG_DOMAIN: host, PUBLIC_SCHEME: 'https', ...o.env };
  const suite = await startClockedSuite(env, {
    between: ['identity', 'asset-registry'],
    ...(o.now === undefined ? {} : { now: o.now }),
  });
  let places = 0;
  return Object.assign(suite, {
    elsewhere(): Place {
      places += 1;
      const headers = { 'x-forwarded-for': `203.0.${113 + (places >> 8)}.${places & 255}` };
      return { origin: suite.gateway, host, now: suite.now, headers };
    },
  });
}
