import type { Logger } from '@artdag/service-kit';
import type { L1ServerRow } from './l1-server.ts';
import { normaliseL1Url } from './l1-url.ts';
import type { UsableL1Servers } from './usable-l1-servers.ts';

/** The L1 servers that this installation works with: those of the configuration, and those that operators added. */
export interface L1Directory extends UsableL1Servers {
  /** Configured ones first, in their order. */
  list(): Promise<readonly L1ServerRow[]>;
  /** By its address in whatever spelling; undefined for one that is not listed. */
  look(text: string): L1ServerRow | undefined | Promise<L1ServerRow | undefined>;
  /** Something was changed here. */
  forget(): void;
}

export interface L1DirectoryDeps {
  configured: readonly string[];
  rows: () => Promise<L1ServerRow[]>;
  now: () => number;
  logger: Logger;
}

/** What another replica changed is seen within this time. */
const maxAgeMs = 1000;
/** Without the database what was read last goes on for so long: an L1 may have been disabled meanwhile. */
const maxStaleMs = 60_000;
const maxSpellings = 1000;

interface Snapshot {
  listed: readonly L1ServerRow[];
  byUrl: ReadonlyMap<string, L1ServerRow>;
  /** Spellings seen lately: an L1 always writes its own in the same way. */
  spellings: Map<string, L1ServerRow | undefined>;
  readAt: number;
  /** When the database was last there for it. */
  trueAt: number;
}

/**
 * Kept in memory for a second, so that verifying costs no statement. Without the database, what was read last goes on for a minute
 * (tenancy-tokens-ops.md §5: no cache is older), unless it is known to have changed.
 */
export function createL1Directory({ configured, rows, now, logger }: L1DirectoryDeps): L1Directory {
  let held: Snapshot | undefined;
  let reading: Promise<Snapshot> | undefined;

  async function read(): Promise<Snapshot> {
    const readAt = now();
    try {
      return (held = snapshotOf(configured, await rows(), readAt));
    } catch (error) {
      if (held === undefined || readAt - held.trueAt >= maxStaleMs) throw error;
      logger.warn('the L1 servers could not be read again; what is known of them goes on', { error });
      return (held = { ...held, readAt });
    }
  }

  function current(): Snapshot | Promise<Snapshot> {
    if (held !== undefined && now() - held.readAt < maxAgeMs) return held;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  const look = (text: string): L1ServerRow | undefined | Promise<L1ServerRow | undefined> => {
    const snapshot = current();
    return snapshot instanceof Promise ? snapshot.then((read_) => lookIn(read_, text)) : lookIn(snapshot, text);
  };
  return {
    look,
    list: async () => (await current()).listed,
    async find(text) {
      const server = await look(text);
      return server === undefined || server.status === 'disabled' ? undefined : server.url;
    },
    forget() {
      if (held !== undefined) held = { ...held, readAt: -Infinity, trueAt: -Infinity };
    },
  };
}

function snapshotOf(configured: readonly string[], rows: readonly L1ServerRow[], readAt: number): Snapshot {
  const known = new Map(rows.map((row) => [row.url, row]));
  const own = configured.flatMap((url) => known.get(url) ?? []);
  const added = rows.filter(({ url, added: byCommand }) => byCommand && !configured.includes(url));
  const listed = [...own, ...added];
  return { listed, byUrl: new Map(listed.map((row) => [row.url, row])), spellings: new Map(), readAt, trueAt: readAt };
}

function lookIn({ byUrl, spellings }: Snapshot, text: string): L1ServerRow | undefined {
  if (spellings.has(text)) return spellings.get(text);
  // Plain http got into the list by the configuration or an operator alone, so the list decides about it.
  const url = normaliseL1Url(text, { allowHttp: true });
  const server = url === undefined ? undefined : byUrl.get(url);
  if (server !== undefined && spellings.size < maxSpellings) spellings.set(text, server);
  return server;
}
