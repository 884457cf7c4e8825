import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/identity';
import {
  createTestDatabase,
  eventually,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import { startIdentity } from './start-identity.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
const dataDir = mkdtempSync(join(tmpdir(), 'artdag-identity-'));

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  auth = await startFakeAuth();
});
afterAll(async () => {
  await auth?.close();
  await tables?.close();
  await database?.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('readiness', () => {
  it('waits until auth has its key, without which nobody is anybody here, and stays so without auth', async () => {
    auth.down = true;
    const surroundings = { databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger(), dataDir };
    const identity = await startIdentity(surroundings);
    const readiness = async () => {
      const { status, body } = await identity.get('/readyz');
      return [status, body.checks.assertion_key];
    };
    try {
      expect(await readiness()).toEqual([503, 'failing']);
      auth.down = false;
      await eventually(async () => expect(await readiness()).toEqual([200, 'ok']));
      auth.down = true;
      expect(await readiness()).toEqual([200, 'ok']);
    } finally {
      await identity.stop();
    }
  });
});
