import type { Execute } from '@artdag/messaging';
import { markRemoteActorGone } from './remote-actor.repository.ts';

/** A remote actor is no more: its cached key goes, a tombstone stays if we knew it. In the caller's transaction. */
export async function forgetRemoteActor(execute: Execute, apId: string): Promise<void> {
  await markRemoteActorGone(execute, apId);
}
