import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/identity';
import { executeWithPg } from '@artdag/messaging';
import { createTestDatabase, type TestDatabase } from '@artdag/testing';
import { seenRepository } from './seen.repository.ts';

let database: TestDatabase;
let tables: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 4 });
});
afterAll(async () => {
  await tables.close();
  await database.drop();
});

it('gives each use to one of four who insert the same ones in different orders, and none of them is in another’s way', async () => {
  const execute = executeWithPg(tables.pool);
  const ts = Math.floor(Date.now() / 1000);
  for (let round = 0; round < 60; round += 1) {
    const uses = Array.from({ length: 64 }, () => ({ hash: randomBytes(32), ts }));
    const orders = [uses, uses.toReversed(), [...uses.slice(32), ...uses.slice(0, 32)], uses.toSorted(byEnd)];
    const given = await Promise.all(orders.map((order) => seenRepository.insert(execute, order)));
    const hashes = given.flat().map((hash) => hash.toString('hex'));
    expect(hashes.toSorted()).toEqual(uses.map(({ hash }) => hash.toString('hex')).toSorted());
  }
});

function byEnd(a: { hash: Buffer }, b: { hash: Buffer }): number {
  return a.hash.readUInt32BE(28) - b.hash.readUInt32BE(28);
}
