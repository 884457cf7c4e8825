import type { ActorDeps } from '../actors/actor-with-keys.ts';
import { findActor } from '../actors/actor-with-keys.ts';
import { hostsOf, type BlockedHosts } from '../blocked-hosts/refuse-blocked.ts';
import { RemoteActorError, type FetchRemoteActor } from '../remote-actors/fetch-remote-actor.ts';
import { isHttpUrl } from '../remote-actors/remote-actor.ts';
import { handleText, readHandle, type Handle } from './handle.ts';
import type { HandleDeps } from './ask-webfinger.ts';
import { lookUpHandle } from './look-up-handle.ts';
import { targetBlocked, targetInvalid, targetNotFound, targetUnreachable } from './target-errors.ts';

export interface TargetDeps extends HandleDeps, Pick<ActorDeps, 'actors' | 'urls'> {
  fetchRemoteActor: FetchRemoteActor;
  blockedHosts: BlockedHosts;
}

/** What a target is called, before anybody is asked about it. */
export type TargetName = { username: string } | { url: string } | { handle: Handle };

/** Who is to be followed. */
export interface Target {
  apId: string;
  /** Undefined for an actor of ours, who is told in the database. */
  inbox: string | undefined;
  /** Of an actor of ours. */
  username?: string;
  handle: string | null;
}

/** Throws AppError 422 `target_invalid` for what is neither a handle nor the URL of an actor. */
export function readTarget({ urls }: Pick<TargetDeps, 'urls'>, text: string): TargetName {
  const handle = readHandle(text.trim());
  if (handle?.host === urls.host) return { username: handle.user.toLowerCase() };
  if (handle !== undefined) return { handle };
  const url = URL.parse(text.trim())?.href;
  if (!isHttpUrl(url)) throw targetInvalid();
  if (!urls.isOurs(url)) return { url };
  const username = urls.usernameOf(url);
  if (username === undefined) throw targetInvalid();
  return { username };
}

/**
 * Finds the actor that a name means; a remote one is asked for at its own server. No transaction may be open.
 * Throws AppError 403 `host_blocked`, 404 `target_not_found`, 422 `target_unreachable`.
 */
export async function findTarget(deps: TargetDeps, name: TargetName): Promise<Target> {
  if ('username' in name) return findLocal(deps, name.username);
  const handle = 'handle' in name ? name.handle : undefined;
  const { publicScheme } = deps;
  await refuseBlocked(deps, [
    handle === undefined ? '' : `${publicScheme}://${handle.host}`,
    'url' in name ? name.url : '',
  ]);
  const url = handle === undefined ? (name as { url: string }).url : await lookUpHandle(deps, handle);
  if (deps.urls.isOurs(url)) throw targetUnreachable('its host gives one of our addresses for it');
  await refuseBlocked(deps, [url]);
  const { apId, inbox } = await fetchTarget(deps, url);
  await refuseBlocked(deps, [apId, inbox]);
  return { apId, inbox, handle: handle === undefined ? null : handleText(handle) };
}

async function findLocal(deps: TargetDeps, username: string): Promise<Target> {
  const actor = await findActor(deps, username);
  if (actor === undefined || actor.deletedAt !== null) throw targetNotFound();
  return { apId: actor.apId, inbox: undefined, username: actor.username, handle: null };
}

async function fetchTarget(deps: TargetDeps, url: string): Promise<{ apId: string; inbox: string }> {
  try {
    return await deps.fetchRemoteActor(url);
  } catch (error) {
    if (!(error instanceof RemoteActorError)) throw error;
    if (error.gone) throw targetNotFound();
    throw targetUnreachable('its server shows no actor there', error);
  }
}

async function refuseBlocked({ blockedHosts }: TargetDeps, urls: readonly string[]): Promise<void> {
  if (await blockedHosts.isAnyBlocked(hostsOf(urls))) throw targetBlocked();
}
