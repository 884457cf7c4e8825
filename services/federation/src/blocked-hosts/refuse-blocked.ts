import { AppError } from '@artdag/service-kit';

/** `open`: everybody but the blocked ones. `allow-list`: nobody but the allowed ones, and of those not the blocked ones. */
export type FederationMode = 'open' | 'allow-list';

export interface BlockedHosts {
  /** Whether one of these hosts is blocked, or not allowed where only some are: by its own name, or by that of a domain that it is part of. */
  isAnyBlocked(hosts: readonly string[]): Promise<boolean>;
}

/** Of those among them that are URLs. */
export function hostsOf(urls: readonly string[]): string[] {
  return urls.flatMap((url) => URL.parse(url)?.host ?? []);
}

/** Throws AppError 403 `host_blocked` when one of these URLs is on a blocked host; what is no URL is on none. */
export async function refuseBlocked(blockedHosts: BlockedHosts, urls: readonly string[]): Promise<void> {
  if (await blockedHosts.isAnyBlocked(hostsOf(urls)))
    throw new AppError('host_blocked', 403, 'Your host is blocked here.');
}
