import type { Execute } from '@artdag/messaging';
import type { RemoteActor } from './remote-actor.ts';
import { findAndHold } from './remote-actor.repository.ts';

/** What we know of a remote actor, which does not change before the end of the caller's transaction; undefined when nothing is known. */
export async function holdRemoteActor(execute: Execute, apId: string): Promise<RemoteActor | 'gone' | undefined> {
  return await findAndHold(execute, apId);
}
