import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import { dropForHost } from '../deliveries/enqueue.ts';
import { endFollowsFromHost } from '../followers/end-follow.ts';
import { endFollowingOfHost } from '../following/end-following.ts';
import type { LocalUrls } from '../urls.ts';
import { coveringNames, normaliseHost } from './host-name.ts';
import { deleteRule, insertRule, type RuleKind } from './host-rule.repository.ts';

export interface RuleDeps {
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  urls: LocalUrls;
  now: () => Date;
}

export interface Blocked {
  host: string;
  isNew: boolean;
  /** What ended by it. */
  deliveries: number;
  followers: number;
  following: number;
}

/**
 * Blocks a host and its subdomains: from the commit on nothing is taken from them. What waits to be sent there is dropped, who follows from there is a follower no
 * more, and who is followed there is not any more; unblocking brings nothing of that back.
 * Throws AppError 422 `host_invalid`, 409 `host_is_ours`.
 */
export async function blockHost(deps: RuleDeps, text: string, reason: string | null): Promise<Blocked> {
  const host = hostOf(text);
  if (coveringNames(deps.urls.host).includes(host)) {
    throw new AppError('host_is_ours', 409, `${host} covers this server itself.`);
  }
  const now = deps.now();
  return await deps.transaction(async (execute) => {
    const isNew = await insertRule(execute, 'blocked', { host, reason, now });
    const deliveries = await dropForHost(execute, host, now);
    const followers = await endFollowsFromHost(execute, host, { now });
    const following = await endFollowingOfHost(execute, host);
    return { host, isNew, deliveries, followers, following };
  });
}

/** Throws AppError 422 `host_invalid`. */
export async function allowHost(
  { transaction, now }: RuleDeps,
  text: string,
  reason: string | null,
): Promise<{ host: string; isNew: boolean }> {
  const host = hostOf(text);
  const isNew = await transaction((execute) => insertRule(execute, 'allowed', { host, reason, now: now() }));
  return { host, isNew };
}

/** Throws AppError 422 `host_invalid`, 404 `rule_not_found`. */
export async function removeRule({ transaction }: RuleDeps, kind: RuleKind, text: string): Promise<string> {
  const host = hostOf(text);
  if (await transaction((execute) => deleteRule(execute, kind, host))) return host;
  throw new AppError('rule_not_found', 404, `There is no rule by which ${host} is ${kind}.`);
}

function hostOf(text: string): string {
  const host = normaliseHost(text);
  if (host !== undefined) return host;
  throw new AppError(
    'host_invalid',
    422,
    'Give a host, such as example.com or example.com:8443; it covers its subdomains.',
  );
}
