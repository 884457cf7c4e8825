import type { Execute } from '@artdag/messaging';
import type { BlockedHosts } from './refuse-blocked.ts';

/** `execute` runs autocommit statements. */
export function createBlockedHostRepository(execute: Execute): BlockedHosts {
  return {
    async isAnyBlocked(hosts) {
      const { rowCount } = await execute('SELECT 1 FROM blocked_hosts WHERE host = ANY($1::text[]) LIMIT 1', [hosts]);
      return rowCount > 0;
    },
  };
}
