import { assertionKeyCheck, type AssertionSigner } from '@artdag/actor-context';
import type { KeyValueStore } from '@artdag/key-value';
import type { Health } from '@artdag/service-kit';
import { z } from 'zod';
import type { AskService } from './info/service-json.ts';
import type { Upstreams } from './proxy/upstreams.ts';

export interface ChecksDeps {
  health: Health;
  signer: AssertionSigner;
  ask: AskService;
  upstreams: Upstreams;
  store: KeyValueStore;
  now: () => Date;
}

const maxAgeMs = 2000;

/**
 * What `/readyz` tells. Without its assertion key the gateway can let nobody in, so it is not ready; a service that
 * does not answer degrades it only, since taking the gateway away would take the others away as well. So does the
 * store: what has been taken back is then asked of auth.
 */
export function registerChecks({ health, signer, ask, upstreams, store, now }: ChecksDeps): void {
  health.register('assertion_key', assertionKeyCheck(signer));
  health.register(
    'store',
    remembered(() => store.ping(), now),
    { critical: false },
  );
  for (const name of upstreams.names) {
    health.register(
      name,
      remembered(async () => void (await ask(name, '/healthz', z.unknown())), now),
      {
        critical: false,
      },
    );
  }
}

/** `/readyz` is public: it must not be a way to make the services work. */
function remembered(check: () => Promise<void>, now: () => Date): () => Promise<void> {
  let result: Promise<void> | undefined;
  let checkedAt = -Infinity;
  return () => {
    if (result === undefined || now().getTime() - checkedAt >= maxAgeMs) {
      checkedAt = now().getTime();
      result = check();
    }
    return result;
  };
}
