import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { Logger } from '@artdag/service-kit';
import { startFederation, type TestFederation, type TestFederationOptions } from './federation.testing.ts';
import { startIdentityStandIn, type IdentityStandIn } from './identity-stand-in.testing.ts';
import { startRemotePeer, type RemotePeer } from './remote-peer.testing.ts';

interface Sql {
  query(sql: string, params?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

interface FakeAuth {
  url: string;
  /** What it answers about actors, by id. */
  actors: Map<string, object>;
  /** While true everything answers 503. */
  down: boolean;
}

/** From packages that only tests may import. */
export interface Tools {
  createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }>;
  startFakeAuth(): Promise<FakeAuth & { close(): Promise<void> }>;
  quietLogger(): Logger;
  openDatabase(o: { databaseUrl: string; max: number }): { pool: Sql; close(): Promise<void> };
}

type Changes = Partial<Omit<TestFederationOptions, 'databaseUrl' | 'authUrl'>>;

export interface Kit {
  federation: TestFederation;
  identity: IdentityStandIn;
  auth: FakeAuth;
  /** A peer that ends with the test. */
  startPeer(o?: Parameters<typeof startRemotePeer>[0]): Promise<RemotePeer>;
  /** Another federation on the same database; ends with the test, if it has not before. */
  startFederation(changes?: Changes): Promise<TestFederation>;
  /** Statements as federation's own role. */
  sql(text: string, params?: unknown[]): Promise<Record<string, unknown>[]>;
}

/** One database and one running federation for a test file. */
export function useFederation(tools: Tools, changes: Changes = {}): Kit {
  const closers: (() => Promise<unknown>)[] = [];
  const ofTest: (() => Promise<unknown>)[] = [];
  const kit = {} as Kit;

  beforeAll(async () => {
    // Closed in the opposite order, as far as things got.
    const open = <T>(made: T, close: (made: T) => Promise<unknown>): T => {
      closers.unshift(() => close(made));
      return made;
    };
    const database = open(await tools.createTestDatabase(), (made) => made.drop());
    const db = open(tools.openDatabase({ databaseUrl: database.url, max: 2 }), (made) => made.close());
    const auth = open(await tools.startFakeAuth(), (made) => made.close());
    const identity = open(await startIdentityStandIn(), (made) => made.close());
    const common = { databaseUrl: database.url, authUrl: auth.url, identity, logger: tools.quietLogger() };
    const federation = open(await startFederation({ ...common, ...changes }), (made) => made.close());
    Object.assign(kit, {
      federation,
      identity,
      auth,
      sql: async (text: string, params?: unknown[]) => (await db.pool.query(text, params)).rows,
      startPeer: async (o?: Parameters<typeof startRemotePeer>[0]) => {
        const peer = await startRemotePeer(o);
        ofTest.push(() => peer.close());
        return peer;
      },
      startFederation: async (more: Changes = {}) => {
        const other = await startFederation({ ...common, ...more });
        ofTest.push(() => other.close());
        return other;
      },
    } satisfies Kit);
  });

  afterEach(async () => {
    for (const close of ofTest.splice(0).toReversed()) await close();
  });

  afterAll(async () => {
    for (const close of closers) await close();
  });

  return kit;
}
