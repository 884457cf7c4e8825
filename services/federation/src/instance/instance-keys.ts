import { AppError, createLoop, type Logger, type Loop } from '@artdag/service-kit';
import type { ActorKey } from '../actors/actor-keys.ts';
import type { IdentityClient } from '../identity/identity-client.ts';

export const instanceActorId = 'service:instance';

/** The public keys of the instance actor, which identity makes when it is first asked for them. */
export interface InstanceKeys {
  /** As they are now, or, while identity is away, as they were. Rejects with AppError 503 when they were never had. */
  present(): Promise<readonly ActorKey[]>;
  /** Asks again: identity has just said that others are there. */
  renew(): Promise<readonly ActorKey[]>;
}

/** Who looks for the key that signed a moment ago has to find it, on each replica, so no copy lives longer. */
const FRESH_MS = 2_000;
const KEEP_EVERY_MS = 60_000;

export function createInstanceKeys(identity: Pick<IdentityClient, 'actorKeys'>, now: () => Date): InstanceKeys {
  let last: readonly ActorKey[] | undefined;
  let asked: { keys: Promise<readonly ActorKey[]>; at: number } | undefined;

  const ask = async (): Promise<readonly ActorKey[]> => {
    try {
      const found = await identity.actorKeys(instanceActorId);
      if (found === undefined) throw new AppError('dependency_unavailable', 503, 'The instance has no keys yet.');
      last = found.keys;
    } catch (error) {
      if (last === undefined) throw error;
    }
    return last;
  };
  const renew = (): Promise<readonly ActorKey[]> => {
    const keys = ask();
    asked = { keys, at: now().getTime() };
    keys.catch(() => (asked = undefined));
    return keys;
  };
  return {
    present: () => (asked !== undefined && now().getTime() - asked.at < FRESH_MS ? asked.keys : renew()),
    renew,
  };
}

/** Has the keys made at the first start, without an operator, and known before anybody asks for them. */
export function createInstanceKeeper(keys: InstanceKeys, logger: Logger): Loop {
  const run = async (): Promise<void> => void (await keys.present());
  return createLoop({ name: 'instance keys', everyMs: KEEP_EVERY_MS, maxBackoffMs: 10_000, logger, run });
}
