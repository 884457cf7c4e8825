import type { KeyValueStore, Unsubscribe } from '@artdag/key-value';
import type { Logger } from '@artdag/service-kit';
import { z } from 'zod';
import type { Freshness } from './freshness.ts';

const channel = 'cache:invalidate';

const messageSchema = z.object({ cache: z.string(), key: z.string() });

/** Hears from auth which actors have changed: roles, organisations, the account itself. */
export async function listenForChanges(
  store: KeyValueStore,
  freshness: Freshness,
  logger: Logger,
): Promise<Unsubscribe | undefined> {
  const onMessage = (text: string): void => {
    const message = messageSchema.safeParse(parse(text));
    // Whatever it was meant to say, something has changed.
    if (!message.success) freshness.allChanged();
    else if (message.data.cache === 'actor') freshness.changed(message.data.key);
  };
  try {
    return await store.subscribe(channel, onMessage, freshness.allChanged);
  } catch (error) {
    logger.warn('changes of actors are not heard of, and seen within a minute', { error });
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
