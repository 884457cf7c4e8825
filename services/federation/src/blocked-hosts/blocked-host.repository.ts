import type { Execute } from '@artdag/messaging';

export interface BlockedHostRepository {
  /** Whether one of these hosts is blocked. */
  isAnyBlocked(hosts: readonly string[]): Promise<boolean>;
}

/** `execute` runs autocommit statements. */
export function createBlockedHostRepository(execute: Execute): BlockedHostRepository {
  return {
    async isAnyBlocked(hosts) {
      const { rowCount } = await execute('SELECT 1 FROM blocked_hosts WHERE host = ANY($1::text[]) LIMIT 1', [hosts]);
      return rowCount > 0;
    },
  };
}
