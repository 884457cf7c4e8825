import type { Envelope, userRegistered } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { applyRegistration } from '../actors/apply-actor-event.ts';
import type { LocalUrls } from '../urls.ts';

/** `user-registered` of auth: the actor can be found and followed. */
export function onUserRegistered(urls: LocalUrls) {
  return async (event: Envelope<z.output<typeof userRegistered.data>>, execute: Execute): Promise<void> => {
    const { actor_id: actorId, username, actor_type: kind, display_name: displayName } = event.data;
    const { subject_version: version, occurred_at: registeredAt } = event;
    await applyRegistration(execute, urls, { actorId, username, kind, displayName, version, registeredAt });
  };
}
