import type { actorKeysChanged, Envelope } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { applyKeys } from '../actors/apply-actor-event.ts';
import type { LocalUrls } from '../urls.ts';

/** `actor-keys-changed` of identity: our copy of an actor's public keys, and word of a change to its followers. */
export function onActorKeysChanged({ urls, now }: { urls: LocalUrls; now: () => Date }) {
  return async (event: Envelope<z.output<typeof actorKeysChanged.data>>, execute: Execute): Promise<void> => {
    const { actor_id: actorId, username, keys } = event.data;
    await applyKeys(execute, urls, { actorId, username, keys, version: event.subject_version, now: now() });
  };
}
