import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { Logger } from '@artdag/service-kit';
import { startFederation, type TestFederation, type TestFederationOptions } from './federation.testing.ts';
import { startIdentityStandIn, type IdentityStandIn } from './identity-stand-in.testing.ts';
import { startRemotePeer, type RemotePeer } from './remote-peer.testing.ts';

interface Sql {
  query(sql: string, params?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

/** From packages that only tests may import. */
export interface Tools {
  createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }>;
  startFakeAuth(): Promise<{ url: string; close(): Promise<void> }>;
  quietLogger(): Logger;
  openDatabase(o: { databaseUrl: string; max: number }): { pool: Sql; close(): Promise<void> };
}

type Changes = Partial<Omit<TestFederationOptions, 'databaseUrl' | 'authUrl'>>;

export interface Kit {
  federation: TestFederation;
  identity: IdentityStandIn;
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
    const database = await tools.createTestDatabase();
    const db = tools.openDatabase({ databaseUrl: database.url, max: 2 });
    const auth = await tools.startFakeAuth();
    const identity = await startIdentityStandIn();
    const common = { databaseUrl: database.url, authUrl: auth.url, identity, logger: tools.quietLogger() };
    const federation = await startFederation({ ...common, ...changes });
    closers.push(
      () => federation.close(),
      () => identity.close(),
      () => auth.close(),
      () => db.close(),
      () => database.drop(),
    );
    Object.assign(kit, {
      federation,
      identity,
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
