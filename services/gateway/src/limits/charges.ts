import { addressKey, type Charge } from '@artdag/rate-limit';
import type { Assertion } from '@artdag/actor-context';
import { type LimitName, type Limits, type RouteLimit, routeBuckets } from './buckets.ts';

export interface Counted {
  /** Of the route. */
  limit: RouteLimit | undefined;
  /** Undefined for anonymous callers. */
  assertion: Assertion | undefined;
  /** The visitor's. */
  address: string;
  /** web asks for a visitor, whose request for the page was counted already. */
  byWeb: boolean;
}

const windowMs = 60_000;

/** In which buckets a request counts (credentials.md §6). */
export function chargesOf(limits: Limits, { limit, assertion, address, byWeb }: Counted): Charge[] {
  if (limit === 'none') return [];
  const charges: Charge[] = [];
  const add = (bucket: string, name: LimitName, key: string): void => {
    const perMinute = limits[name];
    if (perMinute !== undefined) charges.push({ bucket, key, limit: perMinute, windowMs });
  };

  const own = limit && routeBuckets[limit];
  const actorId = assertion?.actor.actor_id;
  if (own?.by === 'address') add(limit ?? '', own.limit, addressKey(address));
  else if (own?.by === 'actor-at-address' && actorId !== undefined)
    add(limit ?? '', own.limit, `${actorId} ${addressKey(address)}`);
  else if (own && actorId !== undefined) add(limit ?? '', own.limit, actorId);

  // Nobody known is in no bucket of actors, and so in the general one.
  const isCounted = own && 'instead' in own && (own.by === 'address' || actorId !== undefined);
  if (byWeb || isCounted) return charges;
  if (actorId === undefined) add('anonymous', 'anonymous', addressKey(address));
  // What no person sits at works as fast as an agent.
  else if (assertion?.actor.actor_type === 'human') add('actor', 'actor', actorId);
  else add('agent', 'agent', actorId);
  return charges;
}
