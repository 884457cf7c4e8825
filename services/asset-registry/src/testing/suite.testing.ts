import { verifyProof } from '@artdag/claims';
import { openDatabase, type Database } from '@artdag/database/registry';
import {
  createTestDatabase,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import { newBody, startRegistry, type RunningRegistry, type Surroundings } from './registry.testing.ts';

export type Json = Record<string, unknown>;

export interface RegistrySuite extends RunningRegistry {
  /** The headers of somebody with some scopes, by default all that assets take. */
  as(name: string, o?: { scopes?: string[]; headers?: Record<string, string> }): Record<string, string>;
  /** Registers an asset of somebody's and gives its name and content. */
  registered(owner: string, change?: Json): Promise<{ name: string; contentHash: string; body: Json }>;
  /** Another replica on the same tables, with the same identity. */
  replica(o?: Partial<Surroundings>): Promise<RunningRegistry>;
  /** Whether a signed activity's proof was made by the key that it names. */
  proofHolds(activity: Json): boolean;
  remove(): Promise<void>;
}

const assetScopes = ['assets:create', 'assets:update', 'assets:delete'];

/** A registry on a database of its own, with what most suites do. */
export async function startSuite(o: Partial<Surroundings> = {}): Promise<RegistrySuite> {
  const database: TestDatabase = await createTestDatabase();
  const tables: Database = openDatabase({ databaseUrl: database.url, max: 3 });
  const auth: FakeAuth = await startFakeAuth();
  const surroundings = { databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger(), ...o };
  const registry = await startRegistry(surroundings);
  const kit = makeAssertionKit('asset-registry');
  const replicas: RunningRegistry[] = [];
  const as: RegistrySuite['as'] = (name, { scopes = assetScopes, headers = {} } = {}) => ({
    'x-actor-assertion': kit.actor({ actor_id: `user:${name}`, username: name, scopes }),
    ...headers,
  });
  return {
    ...registry,
    as,
    async registered(owner, change = {}) {
      const body = newBody(change);
      const answer = await registry.post('/assets', body, as(owner)).expect(201);
      return { name: body.name, contentHash: body.content_hash, body: answer.body as Json };
    },
    async replica(other = {}) {
      const running = await startRegistry({ ...surroundings, identity: registry.identity, ...other });
      replicas.push(running);
      return running;
    },
    proofHolds(activity) {
      const { verificationMethod } = activity['proof'] as { verificationMethod: string };
      const key = registry.identity.everyKey.get(verificationMethod);
      return key !== undefined && verifyProof(activity, key.publicKey);
    },
    async remove() {
      for (const running of replicas) await running.stop();
      await registry.stop();
      await tables.close();
      await auth.close();
      await database.drop();
    },
  };
}
