import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError } from '@artdag/service-kit';
import { eventually } from '@artdag/testing';
import { newBody } from '../testing/registry.testing.ts';
import { startSuite, type RegistrySuite } from '../testing/suite.testing.ts';
import { erase, eraseByName, isWaitedFor, lookUp, query } from './erasing.testing.ts';

let suite: RegistrySuite;

beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite?.remove());

async function assetIdOf(name: string): Promise<string> {
  const { body } = await lookUp(suite, { name }).expect(200);
  return (body as { assets: { asset_id: string }[] }).assets[0]?.asset_id ?? '';
}

describe('an erased name', () => {
  it('is nobody’s at any moment while it is erased, alone and among many registrations, by several replicas', async () => {
    const replica = await suite.replica();
    for (let round = 0; round < 25; round += 1) {
      const { name } = await suite.registered('giles');
      const assetId = await assetIdOf(name);
      const claims = (to: Pick<RegistrySuite, 'post'>, delayMs: number) =>
        Array.from({ length: 6 }, async (_, i) => {
          await sleep(delayMs + i * 3);
          const others = [newBody(), newBody({ name }), newBody()].map((body) =>
            to.post('/assets', body, suite.as('anya')),
          );
          return (await Promise.all(others))[1]?.status;
        });
      const [erased, ...statuses] = await Promise.all([
        erase(suite, assetId).then(({ status }) => status),
        ...claims(suite, 0),
        ...claims(replica, 5),
      ]);
      expect([erased, new Set(statuses)]).toEqual([200, new Set([409])]);
    }
    expect(
      await query(
        suite.tables,
        `SELECT 1 AS one FROM assets WHERE owner_actor_id = 'user:anya' AND name LIKE 'asset-%'`,
      ),
    ).toHaveLength(25 * 12 * 2);
  });

  it('waits for a registration that looked before it was closed', async () => {
    const { name } = await suite.registered('giles');
    const assetId = await assetIdOf(name);
    const body = newBody();
    const client = await suite.tables.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`INSERT INTO content_owners (content_hash, owner_actor_id) VALUES ($1, 'user:anya')`, [
        body.content_hash,
      ]);
      const registering = suite.post('/assets', body, suite.as('anya')).then(({ status }) => status);
      await eventually(() => isWaitedFor(suite, client));
      const erasing = erase(suite, assetId).then(({ status }) => status);
      expect(await Promise.race([erasing, sleep(400)])).toBe(undefined);
      await client.query('ROLLBACK');
      expect([await registering, await erasing]).toEqual([201, 200]);
    } finally {
      client.release();
    }
  });

  it('holds back registrations only while it is being closed, and readers not at all', async () => {
    const client = await suite.tables.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`SELECT close_names('{}', now())`);
      const body = newBody();
      const registering = suite.post('/assets', body, suite.as('anya')).then(({ status }) => status);
      expect(await Promise.race([registering, sleep(300)])).toBe(undefined);
      // As pg_dump reads.
      await query(suite.tables, 'SELECT digest FROM closed_names LIMIT 1');
      await suite.get('/assets').expect(200);
      await client.query('COMMIT');
      expect(await registering).toBe(201);
    } finally {
      client.release();
    }
  });

  it('stays taken for replicas with the next master key, and after the former one is gone', async () => {
    const [former, next] = ['11'.repeat(32), '22'.repeat(32)];
    const { name } = await suite.registered('giles');
    await eraseByName(suite, name);
    const sealed = async () =>
      (await query<{ sealed: string }>(suite.tables, 'SELECT sealed FROM name_key'))[0]?.sealed;
    const before = await sealed();
    const isTaken = async (env: Record<string, string>): Promise<void> => {
      const replica = await suite.replica({ env });
      const answer = await replica.post('/assets', newBody({ name }), suite.as('anya')).expect(409);
      expect(answer.body).toMatchObject({ code: 'asset_exists' });
    };
    await isTaken({ DATA_ENCRYPTION_KEY: former, DATA_ENCRYPTION_KEY_OTHERS: next });
    expect(await sealed()).toBe(before);
    await isTaken({ DATA_ENCRYPTION_KEY: next, DATA_ENCRYPTION_KEY_OTHERS: former });
    expect(await sealed()).not.toBe(before);
    await isTaken({ DATA_ENCRYPTION_KEY: next });
    await isTaken({ DATA_ENCRYPTION_KEY: former, DATA_ENCRYPTION_KEY_OTHERS: next });
    await expect(suite.replica({ env: { DATA_ENCRYPTION_KEY: '33'.repeat(32) } })).rejects.toThrow(ConfigError);
  });

  it('costs nothing to whoever changes the master key before any name was erased', async () => {
    const fresh = await startSuite();
    try {
      const replica = await fresh.replica({ env: { DATA_ENCRYPTION_KEY: '33'.repeat(32) } });
      await replica.post('/assets', newBody(), fresh.as('giles')).expect(201);
    } finally {
      await fresh.remove();
    }
  });
});
