import type { TokenKeys } from '@artdag/actor-context';
import type { KeyValueStore, Unsubscribe } from '@artdag/key-value';
import type { Logger } from '@artdag/service-kit';
import { z } from 'zod';
import type { Freshness } from './freshness.ts';

const channel = 'cache:invalidate';

const messageSchema = z.object({ cache: z.string(), key: z.string() });

export interface ChangesDeps {
  store: KeyValueStore;
  freshness: Freshness;
  keys: Pick<TokenKeys, 'changed'>;
  logger: Logger;
}

/** Hears from auth which actors have changed (roles, organisations, the account itself), and when the key ring has. */
export async function listenForChanges({
  store,
  freshness,
  keys,
  logger,
}: ChangesDeps): Promise<Unsubscribe | undefined> {
  const anything = (): void => {
    freshness.allChanged();
    keys.changed();
  };
  const onMessage = (text: string): void => {
    const message = messageSchema.safeParse(parse(text));
    // Whatever it was meant to say, something has changed.
    if (!message.success) anything();
    else if (message.data.cache === 'actor') freshness.changed(message.data.key);
    else if (message.data.cache === 'token-keys') keys.changed();
  };
  try {
    return await store.subscribe(channel, onMessage, anything);
  } catch (error) {
    logger.warn('changes of actors and keys are not heard of, and seen within minutes', { error });
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
