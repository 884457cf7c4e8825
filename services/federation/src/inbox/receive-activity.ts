import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import { findActor, type ActorDeps, type LocalActors } from '../actors/actor-with-keys.ts';
import { refuseBlocked, type BlockedHosts } from '../blocked-hosts/refuse-blocked.ts';
import { userGone, userNotFound } from '../http/errors.ts';
import { judgeProofs } from '../proofs/judge-proofs.ts';
import { RemoteActorError } from '../remote-actors/fetch-remote-actor.ts';
import type { RemoteActor } from '../remote-actors/remote-actor.ts';
import { claimedKeyIds, type SignedRequest, type VerifyDeps } from '../signatures/verify-signer.ts';
import { checkOwnership, type OwnershipDeps } from './check-ownership.ts';
import { applyActorDeletion, followedUser, isOwnDeletion } from './effects.ts';
import type { InboxStore, Reception } from './inbox-store.ts';
import { parseDocument, readActivity, type ReceivedActivity } from './read-activity.ts';
import { verifySender } from './verify-sender.ts';

export interface ReceiveDeps extends VerifyDeps, OwnershipDeps, Pick<ActorDeps, 'urls'> {
  actors: LocalActors;
  blockedHosts: BlockedHosts;
  inbox: InboxStore;
  /** Called when an actor elsewhere is no more. */
  onActorGone: (apId: string) => void;
  /** One transaction; resolves after its commit. */
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
}

/** What became of an activity that was answered 202. */
export type Received = Reception | 'actor_deleted';

export interface Incoming extends SignedRequest {
  /** The body inflated. */
  content: Buffer;
  /** Whose inbox it is; undefined for the shared one. */
  username?: string;
  correlationId: string;
}

/**
 * Takes what a stranger sends, in the order of art-dag-l2.md §8.8: bounds and frame, blocks, signature, ownership, local user; then
 * it is stored. A false proof is refused like a false signature. Resolves once that is durable; what it says is done later.
 * Throws AppError 400, 401, 403, 404 or 410.
 */
export async function receiveActivity(deps: ReceiveDeps, incoming: Incoming): Promise<Received> {
  const parsed = parseDocument(incoming.content);
  const keyIds = claimedKeyIds(incoming);
  const activity = readActivity(deps.urls, parsed);
  await refuseBlocked(deps.blockedHosts, [activity.actor, ...keyIds]);
  const occasion = { now: deps.now(), correlationId: incoming.correlationId };
  const sender = await senderOf(deps, incoming, activity);
  if (sender === 'gone') {
    // Nobody can sign for it any more, so nothing of the activity is kept but its effect, on an actor that we know.
    const context = { urls: deps.urls, ...occasion };
    await deps.transaction((execute) => applyActorDeletion(execute, context, activity.actor));
    deps.onActorGone(activity.actor);
    return 'actor_deleted';
  }
  const proofVerdict = judgeProofs(parsed.document, sender.assertionKeys);
  await checkOwnership(deps, activity);
  await checkLocalUsers(deps, [incoming.username, followedUser(deps.urls, activity)]);
  return deps.inbox.store(activity, { ...occasion, proofVerdict });
}

/**
 * The verified sender. `gone` is the one exception: an actor who deletes itself and of whose key nothing is left, which its own URL
 * confirms by 410.
 */
async function senderOf(
  deps: ReceiveDeps,
  incoming: Incoming,
  activity: ReceivedActivity,
): Promise<RemoteActor | 'gone'> {
  try {
    return await verifySender(deps, incoming, activity.actor);
  } catch (error) {
    const keyIsGone = error instanceof AppError && error.cause instanceof RemoteActorError && error.cause.gone;
    if (keyIsGone && isOwnDeletion(activity) && (await deps.keys.isGone(activity.actor))) return 'gone';
    throw error;
  }
}

async function checkLocalUsers(deps: ReceiveDeps, usernames: readonly (string | undefined)[]): Promise<void> {
  for (const username of new Set(usernames)) {
    if (username === undefined) continue;
    const actor = await findActor(deps, username);
    if (actor === undefined) throw userNotFound();
    if (actor.deletedAt !== null) throw userGone();
  }
}
