import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/bridge';
import { executeWithPg, executeWithPrisma } from '@artdag/messaging';
import { createTestDatabase, type TestDatabase } from '@artdag/testing';
import { enqueueRevocations, isEnded, type NewRevocation } from './enqueue.ts';

let test: TestDatabase;
let database: Database;
const at = new Date('2026-01-10T12:00:00Z');

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase({ databaseUrl: test.url, max: 4 });
});
beforeEach(() => database.pool.query('DELETE FROM l1_revocations'));
afterAll(async () => {
  await database.close();
  await test.drop();
});

const call = (jti: string | null, l1Url = 'https://l1.example'): NewRevocation => ({
  ...{ l1_url: l1Url, username: 'giles', jti, reason: 'logout' },
  token_hash: jti === null ? null : 'ab'.repeat(32),
});

const rows = async () =>
  (await database.pool.query('SELECT jti, l1_url, state FROM l1_revocations ORDER BY jti, l1_url')).rows;

describe('enqueueRevocations', () => {
  it('writes a call per token and L1, once, whoever tells of it and however often', async () => {
    const execute = executeWithPg(database.pool);
    await enqueueRevocations(execute, [], at);
    await enqueueRevocations(execute, [call('tok_b'), call('tok_a'), call('tok_a')], at);
    await database.transaction((tx) => enqueueRevocations(executeWithPrisma(tx), [call('tok_a'), call('tok_c')], at));
    const pending = { l1_url: 'https://l1.example', state: 'pending' };
    expect(await rows()).toEqual(['tok_a', 'tok_b', 'tok_c'].map((jti) => ({ ...pending, jti })));
  });

  it('writes nothing when the transaction that ends the attachment does not commit', async () => {
    const work = database.pgTransaction(async (client) => {
      await enqueueRevocations(executeWithPg(client), [call('tok_a')], at);
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await rows()).toEqual([]);
  });

  it('does not wait in a circle when the same tokens are ended from both sides', async () => {
    const forwards = Array.from({ length: 50 }, (_, i) => call(`tok_${i}`));
    const once = (calls: NewRevocation[]) =>
      database.pgTransaction((client) => enqueueRevocations(executeWithPg(client), calls, at));
    await Promise.all([once(forwards), once(forwards.toReversed()), once(forwards), once(forwards.toReversed())]);
    expect(await rows()).toHaveLength(50);
  });
});

describe('isEnded', () => {
  it('knows of tokens whose L1 is to be told, in either kind of transaction', async () => {
    const actorId = 'user:1';
    await enqueueRevocations(executeWithPg(database.pool), [call('tok_a')], at);
    expect(await database.pgTransaction((client) => isEnded(executeWithPg(client), { actorId, jti: 'tok_a' }))).toBe(
      true,
    );
    expect(await database.transaction((tx) => isEnded(executeWithPrisma(tx), { actorId, jti: 'tok_b' }))).toBe(false);
  });
});
