import { execFile } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createAssertionSigner, serviceKey } from '@artdag/actor-context';
import { verifyProof } from '@artdag/claims';
import { quietLogger } from '@artdag/testing';
import pg from 'pg';
import { call } from './api-client.ts';
import type { ProcessSuite } from './process-suite.ts';
import { root } from './scripts.ts';

export interface KeyRow {
  keyId: string;
  kind: 'rsa' | 'ed25519';
  status: 'primary' | 'retired' | 'compromised';
}

export interface Rotation {
  username: string;
  kind?: KeyRow['kind'];
  compromised?: boolean;
}

/** What is to be known of actor keys from inside: by identity's admin route, and by the tables, read past all roles. */
export interface ActorKeyObserver {
  rotate(rotation: Rotation): Promise<void>;
  /** What an operator does: `artdag-admin` with these arguments; its standard output. */
  admin(...args: string[]): Promise<string>;
  /** In the order of their making. */
  keysOf(username: string): Promise<KeyRow[]>;
  /** Claims of a user: how many there are, which of them were not made by the key that they name, and which keys they name. */
  claimsOf(username: string): Promise<{ count: number; untrue: string[]; keyIds: string[] }>;
  /** `<key id> <status>` for each leaf of a user's keys, in the order of the log. */
  keyLeavesOf(username: string): Promise<string[]>;
  /** Looks all the time how many primary keys of each kind each user has; `stop` gives every number that was ever seen. */
  watchPrimaries(usernames: readonly string[]): { stop(): Promise<number[]> };
  close(): Promise<void>;
}

const primaries = `
  SELECT u.username, k.kind, (SELECT count(*)::int FROM identity.actor_keys a
    WHERE a.username = u.username AND a.kind = k.kind AND a.status = 'primary') AS n
  FROM unnest($1::text[]) AS u(username) CROSS JOIN unnest(ARRAY['rsa', 'ed25519']) AS k(kind)`;

export async function observeActorKeys(suite: ProcessSuite): Promise<ActorKeyObserver> {
  const pool = new pg.Pool({ connectionString: suite.databaseUrl, max: 2 });
  const signer = createAssertionSigner({
    service: 'admin',
    serviceKey: serviceKey(suite.secrets.internal, 'admin'),
    authUrl: suite.urlOf('auth'),
    logger: quietLogger(),
  });
  await signer.start();
  await signer.ready();
  const rows = async <R extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<R[]> =>
    (await pool.query<R>(text, values)).rows;

  return {
    async rotate(rotation) {
      const { status, body } = await call(suite.urlOf('identity'), '/internal/admin/actor-keys/rotate', {
        body: rotation,
        headers: { 'x-actor-assertion': await signer.forService('identity') },
      });
      if (status !== 200) throw new Error(`rotating answered ${status}: ${JSON.stringify(body)}`);
    },
    async admin(...args) {
      const env = {
        PATH: process.env['PATH'],
        AUTH_URL: suite.urlOf('auth'),
        IDENTITY_URL: suite.urlOf('identity'),
        INTERNAL_SECRET: suite.secrets.internal,
      };
      const main = join(root, 'packages', 'admin-cli', 'dist', 'main.js');
      return (await promisify(execFile)(process.execPath, [main, ...args], { env })).stdout;
    },
    keysOf: (username) =>
      rows<KeyRow>(
        'SELECT key_id AS "keyId", kind, status FROM identity.actor_keys WHERE username = $1 ORDER BY created_at, key_id',
        [username],
      ),
    async claimsOf(username) {
      const claims = await rows<{ document: string; keyId: string; publicKey: string | null }>(
        `SELECT c.document, c.proof->>'verificationMethod' AS "keyId", k.public_key AS "publicKey"
         FROM registry.activities c LEFT JOIN identity.actor_keys k ON k.key_id = c.proof->>'verificationMethod' AND k.kind = 'ed25519'
         WHERE c.ap_actor_id = $1`,
        [`${suite.url}/users/${username}`],
      );
      const untrue = claims.filter(({ document, publicKey }) => publicKey === null || !isTrue(document, publicKey));
      return {
        count: claims.length,
        untrue: untrue.map(({ document }) => document),
        keyIds: [...new Set(claims.map(({ keyId }) => keyId))],
      };
    },
    async keyLeavesOf(username) {
      const leaves = await rows<{ keyId: string; status: string }>(
        `SELECT e.leaf::jsonb->>'activity' AS "keyId", k.status FROM registry.log_entries e
         LEFT JOIN registry.key_leaves k USING (leaf_hash)
         WHERE e.leaf::jsonb->>'type' = 'Key' AND e.leaf::jsonb->>'actor' = $1 ORDER BY e.log_index`,
        [`${suite.url}/users/${username}`],
      );
      return leaves.map(({ keyId, status }) => `${keyId} ${status}`);
    },
    watchPrimaries(usernames) {
      const seen = new Set<number>();
      const state = { over: false };
      const watching = (async () => {
        while (!state.over) {
          for (const { n } of await rows<{ n: number }>(primaries, [usernames])) seen.add(n);
          await sleep(5);
        }
      })();
      return {
        async stop() {
          state.over = true;
          await watching;
          return [...seen];
        },
      };
    },
    async close() {
      await signer.stop();
      await pool.end();
    },
  };
}

function isTrue(document: string, publicKeyPem: string): boolean {
  const der = createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' });
  return verifyProof(JSON.parse(document) as Record<string, unknown>, der.subarray(-32));
}
