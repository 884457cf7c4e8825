import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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
import { countRows, newBody, startRegistry, type RunningRegistry } from '../testing/registry.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let registry: RunningRegistry;
const kit = makeAssertionKit('asset-registry');
const as = (name: string): Record<string, string> => ({
  'x-actor-assertion': kit.actor({ actor_id: `user:${name}`, username: name, scopes: ['assets:create'] }),
});

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 3 });
  auth = await startFakeAuth();
  registry = await startRegistry({ databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger() });
});
afterAll(async () => {
  await registry?.stop();
  await tables?.close();
  await auth?.close();
  await database?.drop();
});
beforeEach(() => {
  registry.identity.mode = 'up';
  registry.identity.rotationsBeforeSigning = 0;
});

/** How many claims are stored of a user; every one's proof was made by the key that it names. */
async function expectTrueProofs(name: string): Promise<number> {
  const { rows } = await tables.pool.query<{ document: string; proof: { verificationMethod: string } }>(
    'SELECT document, proof FROM activities WHERE actor_id = $1',
    [`user:${name}`],
  );
  for (const { document, proof } of rows) {
    const activity = JSON.parse(document) as { proof: object };
    const key = registry.identity.everyKey.get(proof.verificationMethod);
    expect(activity.proof).toEqual(proof);
    expect(key && verifyProof(activity, key.publicKey)).toBe(true);
  }
  return rows.length;
}

describe('a key that is rotated between look-up and signature', () => {
  it('has the claim composed anew, and the claim names the new key', async () => {
    await registry.post('/assets', newBody(), as('anya')).expect(201);
    const { keyId } = registry.identity.rotate('user:anya');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => registry.post('/assets', newBody(), as('anya')).expect(201)),
    );
    for (const answer of answers) {
      expect(answer.body).toMatchObject({ activity: { proof: { verificationMethod: keyId } } });
    }
    expect(await expectTrueProofs('anya')).toBe(6);
  });

  it('may be so twice in a row', async () => {
    registry.identity.rotationsBeforeSigning = 2;
    const answer = await registry.post('/assets', newBody(), as('tara')).expect(201);
    const { keyId } = registry.identity.keyOf('user:tara');
    expect(keyId).toMatch(/#ed25519-key-3$/);
    expect(answer.body).toMatchObject({ activity: { proof: { verificationMethod: keyId } } });
    expect(await expectTrueProofs('tara')).toBe(1);
  });

  it('503 signing_unavailable when it goes on and on, and nothing is stored; the same request succeeds later', async () => {
    registry.identity.rotationsBeforeSigning = 100;
    registry.identity.batches.length = 0;
    const before = await countRows(tables);
    const body = newBody();
    const headers = { ...as('amy'), 'idempotency-key': 'restless' };
    const answer = await registry.post('/assets', body, headers).expect(503);
    expect(answer.body).toMatchObject({ code: 'signing_unavailable' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(await countRows(tables)).toEqual(before);
    expect(registry.identity.batches).toEqual([1, 1, 1]);
    registry.identity.rotationsBeforeSigning = 0;
    await registry.post('/assets', body, headers).expect(201);
    expect(await expectTrueProofs('amy')).toBe(1);
  });

  it('costs a batch of a hundred one look-up, not a hundred', async () => {
    await registry.post('/assets', newBody(), as('willow')).expect(201);
    registry.identity.rotate('user:willow');
    registry.identity.lookUps = 0;
    registry.identity.mode = 'slow';
    await Promise.all(Array.from({ length: 100 }, () => registry.post('/assets', newBody(), as('willow')).expect(201)));
    expect(registry.identity.lookUps).toBeLessThanOrEqual(5);
    expect(await expectTrueProofs('willow')).toBe(101);
  });

  it('never yields a proof of another key than it names, with hundreds of claims and rotations all the time', async () => {
    const names = ['buffy', 'dawn', 'joyce', 'giles'];
    // As fast as the claims come, so that a slow machine is not kept from all progress.
    const rotate = (): void => {
      registry.identity.rotationsBeforeSigning = 1;
      registry.identity.rotate(`user:${names[registry.identity.batches.length % names.length]}`);
    };
    const registerMany = async (name: string): Promise<void> => {
      for (let i = 0; i < 20; i += 1) {
        await Promise.all(
          Array.from({ length: 5 }, async () => {
            const body = newBody();
            const headers = { ...as(name), 'idempotency-key': `${name}-${body.name}` };
            let answer = await registry.post('/assets', body, headers);
            while (answer.status === 503) answer = await registry.post('/assets', body, headers);
            expect(answer.status).toBe(201);
            rotate();
          }),
        );
      }
    };
    await Promise.all(names.map(registerMany));
    expect(await Promise.all(names.map(expectTrueProofs))).toEqual([100, 100, 100, 100]);
    const used = await tables.pool.query(
      `SELECT DISTINCT proof->>'verificationMethod' FROM activities WHERE actor_id = ANY($1)`,
      [names.map((name) => `user:${name}`)],
    );
    expect(used.rows.length).toBeGreaterThan(8);
  });
});
