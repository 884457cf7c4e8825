import { AppError } from '@artdag/service-kit';

export interface BlockedHosts {
  /** Whether one of these hosts is blocked. */
  isAnyBlocked(hosts: readonly string[]): Promise<boolean>;
}

/** Throws AppError 403 `host_blocked` when one of these URLs is on a blocked host; what is no URL is on none. */
export async function refuseBlocked(blockedHosts: BlockedHosts, urls: readonly string[]): Promise<void> {
  const hosts = urls.flatMap((url) => {
    const { host, hostname } = URL.parse(url) ?? { host: '', hostname: '' };
    return [host, hostname];
  });
  if (await blockedHosts.isAnyBlocked(hosts)) throw new AppError('host_blocked', 403, 'Your host is blocked here.');
}
