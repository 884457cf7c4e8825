import { AppError } from '@artdag/service-kit';
import type { LocalActor } from '../actors/local-actor.ts';
import { hostsOf, type BlockedHosts } from '../blocked-hosts/refuse-blocked.ts';
import { createBoundedCache } from '../caching/bounded-cache.ts';
import { askWebFinger, type HandleDeps, type ResourceLink } from '../following/ask-webfinger.ts';
import { handleText, readHandle, type Handle } from '../following/handle.ts';
import { targetBlocked } from '../following/target-errors.ts';
import { FetchesBusyError, type FetchGate, type FetchGateOptions } from '../remote-actors/fetch-gate.ts';
import type { LocalUrls } from '../urls.ts';
import { followAddressOf } from './follow-template.ts';

export interface RemoteFollowDeps extends HandleDeps {
  urls: LocalUrls;
  blockedHosts: BlockedHosts;
  /** Bounds how many hosts are being asked at a time. */
  gate: FetchGate;
  /** Milliseconds that never go back. */
  clock: () => number;
}

/** Where an account's own server asks whether to follow an actor of ours; undefined where that cannot be learned. */
export type FindFollowPage = (actor: LocalActor, account: string) => Promise<string | undefined>;

/** Of the gate: few, and briefly, as somebody waits who can do without. */
export const followPageLimits: FetchGateOptions = { total: 16, perHost: 2, waiting: 32, waitMs: 200 };

/** A page waits for it, and web for the page no longer than 2 s. */
const TIMEOUT_MS = 1_500;
const REMEMBERED = { ttlMs: 60_000, maxEntries: 1_000 };
/** A stranger names the host: many of them together must not make us a burden to it. */
const PER_HOST = { asks: 30, ttlMs: 60_000, maxEntries: 10_000 };

/** Rejects with AppError 403 `host_blocked`, 422 `target_invalid`. */
export function createFindFollowPage(deps: RemoteFollowDeps): FindFollowPage {
  const { urls, publicScheme, clock } = deps;
  const known = createBoundedCache<ResourceLink[]>({ ...REMEMBERED, clock });
  const asked = createBoundedCache<{ times: number }>({ ...PER_HOST, clock });
  const rules = { publicScheme, isOurs: (url: string) => urls.isOurs(url) };
  const mayAsk = (host: string): boolean => {
    const count = asked.get(host) ?? { times: 0 };
    if (count.times === 0) asked.set(host, count);
    count.times += 1;
    return count.times <= PER_HOST.asks;
  };
  const linksOf = async (handle: Handle): Promise<ResourceLink[]> => {
    const name = handleText(handle);
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    if (!mayAsk(handle.host)) return [];
    const links = await ask(deps, handle);
    known.set(name, links);
    return links;
  };
  return async ({ username, apId }, account) => {
    const handle = readHandle(account.trim());
    if (handle === undefined || handle.host === urls.host) throw invalid();
    if (await deps.blockedHosts.isAnyBlocked(hostsOf([`${publicScheme}://${handle.host}`]))) throw targetBlocked();
    const followed = { object: apId, uri: `acct:${username}@${urls.host}` };
    const url = followAddressOf(await linksOf(handle), followed, rules);
    return url === undefined || (await deps.blockedHosts.isAnyBlocked(hostsOf([url]))) ? undefined : url;
  };
}

/** None where the host does not tell, whatever the reason: one can go there all the same. */
async function ask(deps: RemoteFollowDeps, handle: Handle): Promise<ResourceLink[]> {
  try {
    return await deps.gate(handle.host, () => askWebFinger(deps, handle, { timeoutMs: TIMEOUT_MS }));
  } catch (error) {
    if (error instanceof AppError || error instanceof FetchesBusyError) return [];
    throw error;
  }
}

function invalid(): AppError {
  const message = 'Name the account elsewhere that wants to follow, as user@host.';
  return new AppError('target_invalid', 422, message);
}
