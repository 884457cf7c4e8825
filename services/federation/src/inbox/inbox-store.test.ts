import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/federation';
import { executeWithPg, type Execute } from '@artdag/messaging';
import { createTestDatabase } from '@artdag/testing';
import { createLocalUrls } from '../urls.ts';
import { createInboxStore } from './inbox-store.ts';
import type { ReceivedActivity } from './read-activity.ts';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const made = await createTestDatabase();
  database = openDatabase({ databaseUrl: made.url, max: 2 });
  drop = () => made.drop();
});
afterAll(async () => {
  await database.close();
  await drop();
});

const actor = 'https://far.example/users/alice';
function activity(o: Partial<ReceivedActivity> = {}): ReceivedActivity {
  const id = `https://far.example/activities/${randomUUID()}`;
  return { id, type: 'Create', actor, object: undefined, text: `{"id":"${id}"}`, hash: id, ...o };
}

/** A store whose database refuses one id, however it comes. */
function storeRefusing(refused: string, error: Error = new Error('a row that the database refuses')) {
  const real = executeWithPg(database.pool);
  const inserts: number[] = [];
  const execute: Execute = async (sql, params) => {
    if (!sql.includes('INSERT INTO inbox_log')) return real(sql, params);
    const ids = params[1] as string[];
    inserts.push(ids.length);
    if (ids.includes(refused)) throw error;
    return real(sql, params);
  };
  const store = createInboxStore({ execute, urls: createLocalUrls('https://l2.example'), onStored: () => {} });
  const now = new Date();
  return {
    inserts,
    put: (each: ReceivedActivity) => store.store(each, { now, correlationId: 'c', proofVerdict: undefined }),
  };
}

const storedIds = async (ids: string[]): Promise<number> =>
  (await database.pool.query('SELECT 1 FROM inbox_log WHERE activity_id = ANY($1)', [ids])).rows.length;

describe('storing what arrives', () => {
  it('takes few statements for many who come together, and none waits for company', async () => {
    const { put, inserts } = storeRefusing('none');
    expect(await put(activity())).toBe('ignored');
    const many = Array.from({ length: 300 }, () => activity());
    expect(await Promise.all(many.map(put))).toEqual(Array(300).fill('ignored'));
    expect(inserts[0]).toBe(1);
    expect(inserts.length).toBeLessThan(6);
    expect(await storedIds(many.map(({ id }) => id))).toBe(300);
    const told = 'SELECT count(*)::int AS n FROM outbox WHERE payload LIKE $1';
    expect((await database.pool.query(told, [`%${many[7]?.id}"%`])).rows).toEqual([{ n: 1 }]);
  });

  it('fails only what the database refuses, and stores its neighbours', async () => {
    const bad = activity();
    const { put } = storeRefusing(bad.id);
    const good = Array.from({ length: 20 }, () => activity());
    const outcomes = await Promise.allSettled([...good.slice(0, 10), bad, ...good.slice(10)].map(put));
    expect(outcomes.map(({ status }) => status)).toEqual(
      Array.from({ length: 21 }, (_, i) => (i === 10 ? 'rejected' : 'fulfilled')),
    );
    expect(await storedIds([bad.id, ...good.map(({ id }) => id)])).toBe(20);
  });

  it('fails all at once, without asking one by one, when there is no database', async () => {
    const some = Array.from({ length: 20 }, () => activity());
    const gone = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const { put, inserts } = storeRefusing(some[1]?.id ?? '', gone);
    const outcomes = await Promise.allSettled(some.map(put));
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(10);
    expect(inserts.length).toBeLessThan(4);
  });

  it('knows a repeated id from a reused one, also within one batch', async () => {
    const { put } = storeRefusing('none');
    const first = activity();
    const outcomes = await Promise.all([first, first, { ...first, hash: 'another' }].map(put));
    expect(outcomes).toEqual(['ignored', 'repeated', 'conflict']);
    expect(await Promise.all([put(first), put({ ...first, hash: 'another' })])).toEqual(['repeated', 'conflict']);
    // The same id of somebody else is another one.
    expect(await put({ ...first, actor: 'https://far.example/users/bob' })).toBe('ignored');
  });

  it.each([
    ['names something of ours', { text: '{"object":"https://l2.example/objects/1"}' }, 'queued'],
    ['may name it by escapes', { text: String.raw`{"object":"https:\/\/\u006c2.example"}` }, 'queued'],
    ['undoes something that it gives by its id', { type: 'Undo' }, 'queued'],
    ['deletes its actor, or what may be a reply', { type: 'Delete', object: actor }, 'queued'],
    ['is about others', { type: 'Announce', object: 'https://other.example/1' }, 'ignored'],
  ])('what %s is %#: queued or settled at once', async (_name, changes, expected) => {
    expect(await storeRefusing('none').put(activity(changes))).toBe(expected);
  });
});
