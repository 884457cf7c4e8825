import { createHash, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jcs, leafHash } from '@artdag/claims';
import { openDatabase, type Database } from '@artdag/database/registry';
import { createInProcessTransport, executeWithPg, type Transport } from '@artdag/messaging';
import { createTestDatabase, quietLogger, startFakeAuth, type FakeAuth, type TestDatabase } from '@artdag/testing';
import { keysEvent, newActorKey, publish } from '../testing/publish.testing.ts';
import { publicUrl, startRegistry, type RunningRegistry } from '../testing/registry.testing.ts';
import { createUrls } from '../urls.ts';
import type { KeyStatus, LoggedKey } from './key-document.ts';
import { logKeys } from './key-leaves.ts';
import { createLogRepository } from './log.repository.ts';
import { sequence } from './sequencer.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let registry: RunningRegistry;
let transport: Transport;
const logger = quietLogger();

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 8 });
  auth = await startFakeAuth();
  transport = createInProcessTransport({ logger, topology: [] });
  const surroundings = { databaseUrl: database.url, tables, authUrl: auth.url, logger };
  registry = await startRegistry({ ...surroundings, overrides: { transport } });
});
afterAll(async () => {
  await registry?.stop();
  await transport?.close();
  await tables?.close();
  await auth?.close();
  await database?.drop();
});

interface Entry {
  leaf: string;
  leaf_hash: Buffer;
  seq: string | null;
  status: KeyStatus;
  document: string;
}

/** An actor's leaves in the order of the log, which has taken all that waited. */
async function entriesOf(username: string): Promise<Entry[]> {
  while (await sequence(createLogRepository(tables)));
  const { rows } = await tables.pool.query<Entry>(
    `SELECT e.leaf, e.leaf_hash, e.seq, k.status, k.document FROM log_entries e LEFT JOIN key_leaves k USING (leaf_hash)
     WHERE e.leaf::jsonb->>'actor' = $1 ORDER BY log_index`,
    [`${publicUrl}/users/${username}`],
  );
  return rows;
}

/** `#ed25519-key retired`, one for each leaf. */
async function story(username: string): Promise<string[]> {
  const entries = await entriesOf(username);
  return entries.map(({ leaf, status }) => `#${keyIdOf(leaf).split('#')[1]} ${status}`);
}

const keyIdOf = (leaf: string): string => (JSON.parse(leaf) as { activity: string }).activity;
const ended = (key: LoggedKey, status: KeyStatus): LoggedKey => ({ ...key, status });
const sha = (algorithm: string, bytes: string | Buffer): string => createHash(algorithm).update(bytes).digest('hex');
const spki = (key: LoggedKey): Buffer => createPublicKey(key.public_key_pem).export({ type: 'spki', format: 'der' });

describe('the log of an actor’s keys', () => {
  it('has a leaf for the introduction of each, which the actor document is enough to check', async () => {
    const rsa = newActorKey('rose', 'main-key');
    const ed25519 = newActorKey('rose', 'ed25519-key');
    const at = new Date('2026-01-10T12:00:07.654Z');
    await publish(transport, keysEvent('rose', 1, [rsa, ed25519], at));
    const actor = `${publicUrl}/users/rose`;
    const shown = [
      { id: rsa.key_id, owner: actor, publicKeyPem: rsa.public_key_pem },
      { id: ed25519.key_id, type: 'Multikey', controller: actor, publicKeyMultibase: ed25519.public_key_multibase },
    ];
    const entries = await entriesOf('rose');
    expect(entries.map(({ leaf }) => leaf)).toEqual(
      [rsa, ed25519].map((key, i) =>
        jcs({
          v: 1,
          type: 'Key',
          actor,
          activity: key.key_id,
          contentHash: { algorithm: 'sha3-256', value: sha('sha3-256', spki(key)) },
          published: '2026-01-10T12:00:07Z',
          commitment: `sha256:${sha('sha256', jcs(shown[i]))}`,
        }),
      ),
    );
    for (const [i, { leaf, leaf_hash: hash, seq, document }] of entries.entries()) {
      expect(hash).toEqual(leafHash(leaf));
      expect(seq).toBeNull();
      expect(document).toBe(jcs(shown[i]));
    }
  });

  it('says when a key ended and whether its earlier proofs still count', async () => {
    const [first, second, third] = ['ed25519-key', 'ed25519-key-2', 'ed25519-key-3'].map((f) =>
      newActorKey('jade', f),
    ) as [LoggedKey, LoggedKey, LoggedKey];
    const minute = (n: number): Date => new Date(Date.UTC(2026, 0, 10, 12, n));
    await publish(transport, keysEvent('jade', 1, [first], minute(1)));
    await publish(transport, keysEvent('jade', 2, [ended(first, 'retired'), second], minute(2)));
    const last = [ended(first, 'retired'), ended(second, 'compromised'), third];
    await publish(transport, keysEvent('jade', 3, last, minute(3)));
    const documents = (await entriesOf('jade')).map(({ document }) => JSON.parse(document) as Record<string, unknown>);
    const ends = documents.map(({ id, expires, revoked }) => ({ id, expires, revoked }));
    const none = { expires: undefined, revoked: undefined };
    expect(ends).toEqual([
      { ...none, id: first.key_id },
      { ...none, id: first.key_id, expires: '2026-01-10T12:02:00Z' },
      { ...none, id: second.key_id },
      { ...none, id: second.key_id, revoked: '2026-01-10T12:03:00Z' },
      { ...none, id: third.key_id },
    ]);
  });

  const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]; // prettier-ignore
  it.each(orders.map((order) => ({ order })))(
    'has each introduction and each end once, whatever the order of the events: $order',
    async ({ order }) => {
      const username = `u${order.join('')}`;
      const keys = ['main-key', 'ed25519-key', 'ed25519-key-2', 'main-key-2'].map((f) => newActorKey(username, f));
      const [rsa, first, second, newRsa] = keys as [LoggedKey, LoggedKey, LoggedKey, LoggedKey];
      const events = [
        keysEvent(username, 1, [rsa, first]),
        keysEvent(username, 2, [rsa, ended(first, 'retired'), second]),
        keysEvent(username, 3, [ended(rsa, 'compromised'), ended(first, 'retired'), second, newRsa]),
      ];
      for (const i of [...order, ...order]) await publish(transport, ...events.slice(i, i + 1));
      const leaves = await story(username);
      expect(leaves.toSorted()).toEqual([
        '#ed25519-key primary',
        '#ed25519-key retired',
        '#ed25519-key-2 primary',
        '#main-key compromised',
        '#main-key primary',
        '#main-key-2 primary',
      ]);
      for (const end of ['#ed25519-key retired', '#main-key compromised']) {
        expect(leaves.indexOf(end)).toBeGreaterThan(leaves.indexOf(`${end.split(' ')[0]} primary`));
      }
    },
  );

  it('has them once when the same word comes in many events at the same moment', async () => {
    const [first, second] = [newActorKey('kim', 'ed25519-key'), newActorKey('kim', 'ed25519-key-2')];
    const sets = [[first], [ended(first, 'retired'), second]];
    const events = Array.from({ length: 24 }, (_, i) => keysEvent('kim', (i % 2) + 1, sets[i % 2] ?? []));
    await Promise.all(events.map((event) => publish(transport, event)));
    expect((await story('kim')).toSorted()).toEqual([
      '#ed25519-key primary',
      '#ed25519-key retired',
      '#ed25519-key-2 primary',
    ]);
  });

  it('tells of a retired key that turns out to be compromised, and then no longer that it was only retired', async () => {
    const key = newActorKey('lil', 'ed25519-key');
    await publish(transport, keysEvent('lil', 1, [key]), keysEvent('lil', 2, [ended(key, 'retired')]));
    await publish(transport, keysEvent('lil', 3, [ended(key, 'compromised')]));
    expect(await story('lil')).toEqual(['#ed25519-key primary', '#ed25519-key retired', '#ed25519-key compromised']);
    const late = newActorKey('vi', 'ed25519-key');
    await publish(transport, keysEvent('vi', 3, [ended(late, 'compromised')]));
    await publish(transport, keysEvent('vi', 2, [ended(late, 'retired')]));
    expect(await story('vi')).toEqual(['#ed25519-key primary', '#ed25519-key compromised']);
  });

  it('takes no key of another domain, as a leaf can never be taken back', async () => {
    const foreign = newActorKey('eve', 'ed25519-key', 'https://elsewhere.example');
    await tables.pgTransaction(async (client) => {
      const set = { actorId: 'user:eve', username: 'eve', keys: [foreign], version: 1, at: '2026-01-10T12:00:00Z' };
      await expect(logKeys(createUrls(publicUrl), executeWithPg(client), set)).rejects.toThrow('ARTDAG_DOMAIN');
    });
    expect(await story('eve')).toEqual([]);
  });

  it('has none of the keys of the log itself, which cannot vouch for them', async () => {
    const key = { ...newActorKey('log', 'ed25519-key'), key_id: `${publicUrl}/log#ed25519-key` };
    await publish(transport, keysEvent('log', 1, [key], new Date(), 'service:log'));
    const { rows } = await tables.pool.query("SELECT 1 FROM key_leaves WHERE actor_id = 'service:log'");
    expect(rows).toEqual([]);
  });

  it('keeps a leaf within 1 KiB for the longest domain and name that there are', async () => {
    const url = `https://${'d'.repeat(253)}:65535`;
    const username = 'u'.repeat(64);
    const key = ended(newActorKey(username, 'ed25519-key-100000', url), 'compromised');
    await tables.pgTransaction(async (client) => {
      const set = { actorId: `user:${username}`, username, keys: [key], version: 1, at: '2026-01-10T12:00:00Z' };
      await logKeys(createUrls(url), executeWithPg(client), set);
    });
    const { rows } = await tables.pool.query<{ bytes: number }>(
      'SELECT octet_length(leaf) AS bytes FROM log_pending WHERE leaf LIKE $1 UNION SELECT octet_length(leaf) FROM log_entries WHERE leaf LIKE $1',
      [`%${username}%`],
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { bytes } of rows) expect(bytes).toBeLessThanOrEqual(1024);
  });
});
