import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/registry';
import { newId } from '@artdag/service-kit';
import { createTestDatabase, type TestDatabase } from '@artdag/testing';
import { createUrls } from '../urls.ts';
import { newBody, publicUrl } from '../testing/registry.testing.ts';
import { newAssetSchema } from './new-asset.ts';
import { registerStatement, type RegistrationItem } from './register.statement.ts';
import { completeRegistration, composeClaim } from './registration.ts';

let test: TestDatabase;
let database: Database;

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase({ databaseUrl: test.url, max: 1 });
});
afterAll(async () => {
  await database?.close();
  await test?.drop();
});

const urls = createUrls(publicUrl);
const digestOf = (name: string): Buffer => Buffer.from(name);
const names = { digestOf, erasedAt: async () => null, start: async () => {} };

function newItem(): RegistrationItem {
  const asset = newAssetSchema.parse(newBody());
  const at = new Date().toISOString();
  const ids = { assetId: newId('ast'), activityId: randomUUID(), eventId: newId('evt') };
  const fresh = { ...ids, salt: randomBytes(32), at, published: `${at.slice(0, 19)}Z` };
  const registrant = { actorId: 'user:giles', orgId: null, requestId: 'r' };
  const key = { username: 'giles', keyId: `${publicUrl}/users/giles#ed25519-key` };
  const subject = { registrant, asset, fresh };
  const claim = composeClaim(urls, key, asset, fresh);
  return { registration: completeRegistration(urls, subject, claim, randomBytes(64)), idempotent: undefined };
}

describe('the statement that stores registrations', () => {
  it.each([
    [1, 'register_asset'],
    [2, 'register_assets'],
    [16, 'register_assets'],
  ])('of %i at once is planned for good after its first five times on a connection', async (items, name) => {
    const store = async (): Promise<void> => {
      const { rowCount } = await database.pool.query(registerStatement(Array.from({ length: items }, newItem), names));
      expect(rowCount).toBe(items);
    };
    for (let i = 0; i < 6; i += 1) await store();
    const plans = async (): Promise<unknown> => {
      const text = 'SELECT custom_plans::int AS custom FROM pg_prepared_statements WHERE name = $1';
      return (await database.pool.query({ text, values: [name] })).rows;
    };
    for (let i = 0; i < 6; i += 1) await store();
    expect(await plans()).toEqual([{ custom: 5 }]);
  });
});
