import { openDatabase, type Database } from '@artdag/database/bridge';
import { routingKeyOf, tokenRevoked, userLoggedOut, type Envelope } from '@artdag/events';
import { createInProcessTransport, executeWithPg, type Transport } from '@artdag/messaging';
import { newId, newSuffix } from '@artdag/service-kit';
import { createTestDatabase, quietLogger, startFakeAuth } from '@artdag/testing';
import type { Overrides } from '../service.ts';
import { startBridge, type RunningBridge } from '../start-bridge.testing.ts';
import { enqueueRevocations } from './enqueue.ts';
import { startIdentity, startL1, type FakeL1, type IdentityStandIn } from './telling.testing.ts';

export interface Person {
  actorId: string;
  username: string;
}

export type L1Token = { l1_server: string; jti: string; token_hash: string };

/** The whole service on a real database, with L1s and an identity of the test's own around it. */
export interface TellingKit {
  bridge: RunningBridge;
  authUrl: string;
  identity: IdentityStandIn;
  database: Database;
  /** Of the service; tests move it. */
  clock: { offsetMs: number };
  l1(answer?: FakeL1['answer']): Promise<FakeL1>;
  /** A row of an attachment, as attaching makes it. */
  attach(who: Person, l1Url: string): Promise<L1Token>;
  enqueue(l1Url: string, o?: { username?: string; tokenHash?: string | null }): Promise<string>;
  publish(...events: Envelope[]): Promise<void>;
  rows(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export const newPerson = (username: string): Person => ({ actorId: `user:${newSuffix()}`, username });

export function loggedOut(who: Person, tokens: L1Token[], o: { at?: Date; all?: boolean } = {}): Envelope {
  const occurred_at = (o.at ?? new Date()).toISOString();
  const head = { id: newId('evt'), occurred_at, subject: newId('ses'), subject_version: 2, actor_id: who.actorId };
  const of = { actor_id: who.actorId, username: who.username, session_id: head.subject };
  const jtis = tokens.map(({ jti }) => jti);
  const data = { ...of, jtis, l1_tokens: tokens.map((token) => ({ ...token })), all: o.all ?? false, reason: 'logout' };
  return userLoggedOut.create({ ...head, data });
}

export function revoked({ jti, token_hash }: L1Token): Envelope {
  const head = { id: newId('evt'), occurred_at: new Date().toISOString(), subject: jti, subject_version: 1 };
  return tokenRevoked.create({ ...head, data: { jti, token_hash, exp: 2_000_000_000 } });
}

async function publishAll(transport: Transport, events: readonly Envelope[]): Promise<void> {
  let left = events.map((event) => ({
    ...{ id: event.id, routingKey: routingKeyOf(event), body: Buffer.from(JSON.stringify(event)) },
  }));
  while (left.length > 0) {
    const { failed, later } = await transport.publish(left);
    left = left.filter(({ id }) => failed.has(id) || later?.has(id) === true);
    if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

export async function startTelling(tuning: Overrides['revocations'] = {}): Promise<TellingKit> {
  const test = await createTestDatabase();
  const auth = await startFakeAuth();
  const identity = await startIdentity('https://l2.example');
  const logger = quietLogger();
  const transport = createInProcessTransport({ logger, topology: [] });
  const clock = { offsetMs: 0 };
  const l1s: FakeL1[] = [];
  const bridge = await startBridge(
    {
      ...{ DATABASE_URL: test.url, DATABASE_POOL_MAX: '6', AUTH_URL: auth.url, IDENTITY_URL: identity.url },
      ...{ L1_SERVERS: 'https://l1.example', ARTDAG_DOMAIN: 'l2.example', ALLOWED_PRIVATE_CIDRS: '127.0.0.0/29' },
    },
    {
      ...{ logger, transport, now: () => new Date(Date.now() + clock.offsetMs) },
      revocations: { pollMs: 50, countEveryMs: 100, sweepEveryMs: 100, ...tuning },
    },
  );
  const database = openDatabase({ databaseUrl: test.url, max: 2 });
  const list = (url: string) =>
    database.pgStatement({ text: 'INSERT INTO l1_servers (url) VALUES ($1) ON CONFLICT DO NOTHING', values: [url] });
  return {
    ...{ bridge, authUrl: auth.url, identity, database, clock },
    async l1(answer) {
      const l1 = await startL1(identity);
      if (answer) l1.answer = answer;
      l1s.push(l1);
      await list(l1.url);
      return l1;
    },
    async attach({ actorId, username }, l1Url) {
      const token = { l1_server: l1Url, jti: newId('tok'), token_hash: 'ab'.repeat(32) };
      const own = { status: 'attached', jti: token.jti, tokenHash: token.token_hash };
      await database.asOwner({ actorId }, (tx) =>
        tx.userRenderer.upsert({
          where: { username_l1Url: { username, l1Url } },
          create: { id: newId('ren'), actorId, username, l1Url, ...own },
          update: own,
        }),
      );
      return token;
    },
    async enqueue(l1Url, o = {}) {
      const jti = newId('tok');
      await list(l1Url);
      const { username = 'giles', tokenHash = 'cd'.repeat(32) } = o;
      const call = { l1_url: l1Url, username, jti, token_hash: tokenHash, reason: 'logout' };
      await enqueueRevocations(executeWithPg(database.pool), [call], new Date(Date.now() + clock.offsetMs));
      return jti;
    },
    publish: (...events) => publishAll(transport, events),
    async rows(sql, values = []) {
      return await database.pgTransaction(async (client) => (await client.query(sql, values)).rows, { system: true });
    },
    async close() {
      await bridge.stop();
      await transport.close();
      await Promise.all([database.close(), identity.close(), auth.close(), ...l1s.map((l1) => l1.close())]);
      await test.drop();
    },
  };
}
