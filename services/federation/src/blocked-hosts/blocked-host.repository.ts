import type { Execute } from '@artdag/messaging';
import { coveringNames, normaliseHost } from './host-name.ts';
import type { FederationMode } from './refuse-blocked.ts';

/** What operators have said of hosts. */
export interface BlockedHostRepository {
  /** Those of these hosts that are blocked, or not allowed where only some are: by their own name, or by that of a domain that they are part of. */
  blockedAmong(hosts: readonly string[]): Promise<ReadonlySet<string>>;
}

const COVERED = `
SELECT c.host FROM unnest($1::text[], $2::text[]) AS c(host, name)
LEFT JOIN blocked_hosts b ON b.host = c.name LEFT JOIN allowed_hosts a ON a.host = c.name
GROUP BY c.host HAVING bool_or(b.host IS NOT NULL) OR ($3 AND NOT bool_or(a.host IS NOT NULL))`;

/** `execute` runs autocommit statements. */
export function createBlockedHostRepository(execute: Execute, mode: FederationMode): BlockedHostRepository {
  return {
    async blockedAmong(hosts) {
      const pairs = hosts
        .filter((host) => host !== '')
        .flatMap((host) => coveringNames(normaliseHost(host) ?? host).map((name) => ({ host, name })));
      if (pairs.length === 0) return new Set();
      const params = [pairs.map(({ host }) => host), pairs.map(({ name }) => name), mode === 'allow-list'];
      const { rows } = await execute(COVERED, params);
      return new Set(rows.map((row) => String(row['host'])));
    },
  };
}
