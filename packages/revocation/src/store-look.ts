import type { KeyValueStore } from '@artdag/key-value';
import type { Logger } from '@artdag/service-kit';
import { denyKey, readyKey } from './keys.ts';

export interface StoreLookOptions {
  store: KeyValueStore;
  logger: Logger;
  now: () => number;
  timeoutMs: number;
}

/** Reasons by id; undefined: the store cannot be relied upon at the moment. */
export type StoreLook = (ids: readonly string[]) => Promise<Map<string, string> | undefined>;

const probeEveryMs = 500;

/**
 * Looks into the shared store, and believes it only while its lease names the very process that has answered. A store that does not answer is
 * passed over until it does again, so that not every request waits for it.
 */
export function createStoreLook({ store, logger, now, timeoutMs }: StoreLookOptions): StoreLook {
  let away = false;
  let probedAt = -Infinity;
  let trusted: boolean | undefined;

  function tell(next: boolean): void {
    if (trusted === next) return;
    if (next) logger.info('revocations: the shared store is relied upon');
    else if (trusted !== undefined) logger.warn('revocations: the shared store is not loaded, auth is asked');
    trusted = next;
  }

  function probe(): void {
    if (now() - probedAt < probeEveryMs) return;
    probedAt = now();
    store.read([readyKey], { timeoutMs }).then(
      () => {
        away = false;
        logger.info('revocations: the shared store answers again');
      },
      () => undefined,
    );
  }

  return async (ids) => {
    if (away) {
      probe();
      return undefined;
    }
    try {
      const { values, serverId } = await store.read([readyKey, ...ids.map(denyKey)], { timeoutMs });
      tell(values[0] === serverId);
      return values[0] === serverId ? reasons(ids, values) : undefined;
    } catch (error) {
      if (!away) logger.warn('revocations: the shared store does not answer, auth is asked', { error });
      away = true;
      probedAt = now();
      return undefined;
    }
  };
}

/** A value is the reason, and behind a space what tells one denial of an actor from the next. Empty: lifted. */
function reasons(ids: readonly string[], values: readonly (string | null)[]): Map<string, string> {
  const denied = new Map<string, string>();
  for (const [i, id] of ids.entries()) {
    const value = values[i + 1];
    if (value) denied.set(id, value.split(' ', 1)[0] ?? value);
  }
  return denied;
}
