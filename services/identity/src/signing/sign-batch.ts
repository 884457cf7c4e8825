import { builtInActor, type KeyKind } from '@artdag/actor-keys';
import { AppError } from '@artdag/service-kit';
import type { ActorDirectory } from '../actors/actor-directory.ts';
import type { KnownActor } from '../actors/auth-client.ts';
import type { Signer } from './signer.ts';
import { farewellKey, type FarewellDeps } from '../actor-keys/farewell-key.ts';
import type { SigningKey } from '../actor-keys/signing-keys.ts';

export interface SignItem {
  actor_id: string;
  key: KeyKind;
  /** The signed bytes name the key, so the caller says which one they name. */
  key_id: string;
  /** Base64 of the bytes to sign. */
  data: string;
  /** Whether it tells others of an end, and so is to be signed after the actor's own, too. */
  farewell?: boolean | undefined;
}

export interface Signature {
  key_id: string;
  alg: 'rsa-v1_5-sha256' | 'ed25519';
  /** Base64. */
  signature: string;
}

/** Why an item was not signed. `key_id` is the present one, with `key_changed`. */
export interface SignError {
  status: number;
  code: string;
  detail: string;
  key_id?: string;
}

export type SignResult = Signature | { error: SignError };

export interface SignBatchDeps extends FarewellDeps {
  actors: ActorDirectory;
  signer: Signer;
  /** Told the cause of a failure that is ours. */
  onFailure: (error: unknown) => void;
}

const algorithms = { rsa: 'rsa-v1_5-sha256', ed25519: 'ed25519' } as const;

/**
 * Signs a batch for a service; the results come in the items' order, each a signature or the reason why there is none: 404
 * `unknown_actor`, 403 `actor_disabled`, 403 `not_your_actor`, 409 `key_changed`, 503 `actor_key_unavailable` or `dependency_unavailable`.
 *
 * @param service name of the caller
 */
export async function signBatch(
  deps: SignBatchDeps,
  service: string,
  items: readonly SignItem[],
): Promise<SignResult[]> {
  return await Promise.all(items.map((item) => signItem(deps, service, item)));
}

async function signItem(deps: SignBatchDeps, service: string, item: SignItem): Promise<SignResult> {
  const forbidden = builtInRefusal(service, item);
  if (forbidden !== null) return { error: forbidden };
  // Only new actors and stale knowledge make us wait: once a key is held, a signature costs no look-up at all.
  const key = findKey(deps, item) ?? (await loadKey(deps, item));
  if ('status' in key) return { error: key };
  const signature = await deps.signer[item.key](Buffer.from(item.data, 'base64'), key.privateKey);
  return { key_id: key.keyId, alg: algorithms[item.key], signature: signature.toString('base64') };
}

type Found = SigningKey | SignError;

/** What memory says, if it says enough. */
function findKey(deps: SignBatchDeps, item: SignItem): Found | null {
  const actor = deps.actors.peek(item.actor_id);
  const key = deps.keys.peek(item.actor_id, item.key);
  if (actor === undefined || key?.keyId !== item.key_id) return null;
  if (actor.status === 'active') return key;
  return item.farewell === true ? null : refusal(item, actor);
}

async function loadKey(deps: SignBatchDeps, item: SignItem): Promise<Found> {
  try {
    const actor = await deps.actors.get(item.actor_id);
    if (actor === null) return unknownActor(item);
    if (actor.status !== 'active') return await loadFarewellKey(deps, item, actor);
    const held = deps.keys.peek(item.actor_id, item.key);
    // Another replica may have changed the key: what memory holds is no ground for a refusal.
    if (held?.keyId === item.key_id) return held;
    const key = await deps.keys.load({ actorId: item.actor_id, username: actor.username }, item.key);
    return key.keyId === item.key_id ? key : keyChanged(item, key);
  } catch (error) {
    deps.onFailure(error);
    if (error instanceof AppError) return { status: error.status, code: error.code, detail: error.message };
    return { status: 503, code: 'dependency_unavailable', detail: 'The key could not be read; try again.' };
  }
}

async function loadFarewellKey(deps: SignBatchDeps, item: SignItem, actor: KnownActor): Promise<Found> {
  const key = item.farewell === true ? await farewellKey(deps, item.key, actor) : null;
  if (key === null) return refusal(item, actor);
  return key.keyId === item.key_id ? key : keyChanged(item, key);
}

function refusal(item: SignItem, actor: KnownActor): SignError {
  return { status: 403, code: 'actor_disabled', detail: `The actor ${item.actor_id} is ${actor.status}.` };
}

/** What is no account signs for the services that act in its name, by the keys that it has. */
function builtInRefusal(service: string, item: SignItem): SignError | null {
  const actor = builtInActor(item.actor_id);
  if (actor === undefined) return null;
  if (actor.signers.includes(service) && actor.kinds.includes(item.key)) return null;
  return {
    status: 403,
    code: 'not_your_actor',
    detail: `${service} has nothing signed as ${item.actor_id} by ${item.key}.`,
  };
}

function unknownActor(item: SignItem): SignError {
  return { status: 404, code: 'unknown_actor', detail: `There is no actor ${item.actor_id}.` };
}

function keyChanged(item: SignItem, key: SigningKey): SignError {
  const detail = `${item.key_id} is not the present ${item.key} key; compose anew with ${key.keyId}.`;
  return { status: 409, code: 'key_changed', detail, key_id: key.keyId };
}
