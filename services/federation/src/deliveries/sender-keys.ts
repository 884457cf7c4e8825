import type { Execute } from '@artdag/messaging';
import { signingKey, type ActorKey } from '../actors/actor-keys.ts';
import { applyKeys } from '../actors/apply-actor-event.ts';
import type { IdentityClient } from '../identity/identity-client.ts';
import type { LocalUrls } from '../urls.ts';
import type { Delivery } from './delivery.ts';

export interface SenderKeysDeps {
  identity: Pick<IdentityClient, 'actorKeys'>;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  urls: LocalUrls;
  now: () => Date;
}

export type Sender = NonNullable<Delivery['sender']>;

/**
 * The keys of a sender, those among them that a job names: for the HTTP signature the RSA key, for a claim the one of its proof.
 *
 * Whoever gets the job looks its keys up in the actor document at once, and may remember for long that one was not there. So a key of which
 * no event has told yet is learnt from identity, and kept, before anything that names it goes out.
 *
 * Rejects with AppError 503 when identity does not answer.
 */
export async function keysFor(deps: SenderKeysDeps, sender: Sender, body: string): Promise<readonly ActorKey[]> {
  if (signingKey(sender.keys) !== undefined && showsProofKey(sender.keys, body)) return sender.keys;
  return learnKeys(deps, sender);
}

/** What identity says of the sender's keys now; the actor document shows it from here on. */
export async function learnKeys(deps: SenderKeysDeps, { actorId, username }: Sender): Promise<readonly ActorKey[]> {
  const found = await deps.identity.actorKeys(actorId);
  if (found === undefined) return [];
  await deps.transaction((execute) => applyKeys(execute, deps.urls, { actorId, username, ...found, now: deps.now() }));
  return found.keys;
}

/** Looked for in the text, as only claims have a proof, and parsing all of them only for this would be dear. */
function showsProofKey(keys: readonly ActorKey[], body: string): boolean {
  const names = (keyId: string): string => `"verificationMethod":${keyId}`;
  return !body.includes(names('"')) || keys.some((key) => body.includes(names(`"${key.key_id}"`)));
}
