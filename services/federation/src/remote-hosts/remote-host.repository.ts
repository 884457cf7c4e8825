import type { SignatureScheme } from '@artdag/http-signatures';
import type { Execute } from '@artdag/messaging';

/** The scheme by which a host believed us last, and when that was. */
export interface SeenHost {
  /** With its port, as it stands in URLs. */
  host: string;
  scheme: SignatureScheme;
  seenAt: Date;
}

export interface RemoteHostRepository {
  /** Those of these hosts that are known. */
  find(hosts: readonly string[]): Promise<SeenHost[]>;
  /** No host twice. */
  save(hosts: readonly SeenHost[]): Promise<void>;
  /** Forgets who was not seen since `before`, and of the others those seen longest ago, until `max` are left. */
  prune(before: Date, max: number): Promise<void>;
}

const FIND = `
SELECT host, signature_scheme, seen_at FROM remote_hosts
WHERE host = ANY($1::text[]) AND signature_scheme IS NOT NULL AND seen_at IS NOT NULL`;

/** In order, so that two replicas that write the same hosts do not wait for each other in a circle. */
const SAVE = `
INSERT INTO remote_hosts (host, signature_scheme, seen_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS seen (host, signature_scheme, seen_at) ORDER BY host
ON CONFLICT (host) DO UPDATE SET signature_scheme = EXCLUDED.signature_scheme, seen_at = EXCLUDED.seen_at`;

const PRUNE_OLD = 'DELETE FROM remote_hosts WHERE seen_at < $1';

const PRUNE_SURPLUS = `
DELETE FROM remote_hosts WHERE host IN (SELECT host FROM remote_hosts ORDER BY seen_at DESC OFFSET $1)`;

/** `execute` runs autocommit statements. */
export function createRemoteHostRepository(execute: Execute): RemoteHostRepository {
  return {
    async find(hosts) {
      const { rows } = await execute(FIND, [hosts]);
      return rows.map((row) => ({
        host: String(row['host']),
        scheme: row['signature_scheme'] as SignatureScheme,
        seenAt: row['seen_at'] as Date,
      }));
    },
    async save(hosts) {
      const column = <T>(pick: (seen: SeenHost) => T): T[] => hosts.map(pick);
      await execute(SAVE, [column(({ host }) => host), column(({ scheme }) => scheme), column(({ seenAt }) => seenAt)]);
    },
    async prune(before, max) {
      await execute(PRUNE_OLD, [before]);
      await execute(PRUNE_SURPLUS, [max]);
    },
  };
}
