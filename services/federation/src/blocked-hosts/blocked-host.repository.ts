import type { Execute } from '@artdag/messaging';
import { coveringNames, normaliseHost } from './host-name.ts';
import type { BlockedHosts, FederationMode } from './refuse-blocked.ts';

const COVERED = `
SELECT c.host FROM unnest($1::text[], $2::text[]) AS c(host, name)
LEFT JOIN blocked_hosts b ON b.host = c.name LEFT JOIN allowed_hosts a ON a.host = c.name
GROUP BY c.host HAVING bool_or(b.host IS NOT NULL) OR ($3 AND NOT bool_or(a.host IS NOT NULL)) LIMIT 1`;

/** `execute` runs autocommit statements. */
export function createBlockedHostRepository(execute: Execute, mode: FederationMode): BlockedHosts {
  return {
    async isAnyBlocked(hosts) {
      const pairs = hosts
        .map((host) => normaliseHost(host) ?? host)
        .filter((host) => host !== '')
        .flatMap((host) => coveringNames(host).map((name) => ({ host, name })));
      const params = [pairs.map(({ host }) => host), pairs.map(({ name }) => name), mode === 'allow-list'];
      return pairs.length > 0 && (await execute(COVERED, params)).rowCount > 0;
    },
  };
}
