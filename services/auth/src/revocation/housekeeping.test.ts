import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createMetrics } from '@artdag/service-kit';
import { createTestDatabase, eventually, quietLogger, type TestDatabase } from '@artdag/testing';
import { createHousekeeping } from './housekeeping.ts';
import { createLeader } from './leader.ts';
import { createLeaseRepository } from './lease.repository.ts';
import { createPruneRepository } from './prune.repository.ts';

let scratch: TestDatabase;
let database: Database;
const now = new Date('2026-11-22T12:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const days = 24 * 60;

beforeAll(async () => {
  scratch = await createTestDatabase();
  database = openDatabase({ databaseUrl: scratch.url, max: 4 });
  await sql(`INSERT INTO actors (id, actor_type, handle, display_name, status, version)
    VALUES ('user:giles', 'human', 'giles', 'Giles', 'active', 1)`);
});
afterAll(async () => {
  await database?.close();
  await scratch?.drop();
});

async function sql(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await database.pgStatement({ text, values }, { system: true })).rows;
}

async function session(id: string, expiresAt: Date, endedAt: Date | null = null): Promise<void> {
  await sql(
    `INSERT INTO sessions (id, token, actor_id, actor_data, method, expires_at, ended_at) VALUES ($1, $1, 'user:giles', '{}', 'password', $2, $3)`,
    [id, expiresAt, endedAt],
  );
}

async function refresh(hash: string, expiresAt: Date, usedAt: Date | null = null): Promise<void> {
  await sql(
    `INSERT INTO refresh_tokens (token_hash, family_id, session_id, actor_id, client_hash, expires_at, used_at, successor_enc)
     VALUES ($1, 'fam', 'ses_live', 'user:giles', 'c', $2, $3::timestamptz, CASE WHEN $3::timestamptz IS NOT NULL THEN 'sealed' END)`,
    [hash, expiresAt, usedAt],
  );
}

const ids = async (table: string, column: string) =>
  (await sql(`SELECT ${column} AS id FROM ${table} ORDER BY 1`)).map(({ id }) => id);

describe('housekeeping', () => {
  it('deletes what has expired, keeps what may still be asked about, and wipes successors', async () => {
    await session('ses_live', ago(-60));
    await session('ses_expired_lately', ago(29 * days));
    await session('ses_expired', ago(31 * days));
    await session('ses_ended', ago(-60), ago(31 * days));
    await refresh('live', ago(-60));
    await refresh('used_now', ago(-60), ago(0.2));
    await refresh('used_before', ago(-60), ago(1));
    await refresh('expired', ago(11));
    for (const [id, expires] of [
      ['tok_lately', ago(29 * days)],
      ['tok_expired', ago(31 * days)],
    ] as const) {
      await sql(
        `INSERT INTO api_tokens (id, actor_id, label, scopes, kind, token_hash, expires_at) VALUES ($1, 'user:giles', '', '{}', 'api', $1, $2)`,
        [id, expires],
      );
    }
    const denied: [string, Date][] = [
      ['tok_a_live', ago(-60)],
      ['tok_b_lately', ago(9)],
      ['tok_c_over', ago(11)],
      ['user:lifted', new Date(0)],
    ];
    for (const [jti, end] of denied)
      await sql(`INSERT INTO revoked_tokens (jti, reason, expires_at) VALUES ($1, 'x', $2)`, [jti, end]);

    const prunes = createPruneRepository(database);
    const leader = createLeader({
      leases: createLeaseRepository(database),
      job: 'test',
      logger: quietLogger(),
      metrics: createMetrics(),
    });
    const { pruneExpired } = createHousekeeping({ prunes, leader, logger: quietLogger(), now: () => now });
    await expect(pruneExpired(now)).resolves.toEqual({ revokedTokens: 1, refreshTokens: 1, sessions: 2, apiTokens: 1 });
    expect(await ids('sessions', 'id')).toEqual(['ses_expired_lately', 'ses_live']);
    expect(await ids('refresh_tokens', 'token_hash')).toEqual(['live', 'used_before', 'used_now']);
    expect(await ids('api_tokens', 'id')).toEqual(['tok_lately']);
    expect(await ids('revoked_tokens', 'jti')).toEqual(['tok_a_live', 'tok_b_lately', 'user:lifted']);

    await expect(prunes.wipeSuccessors(now)).resolves.toBe(1);
    expect(await sql('SELECT token_hash FROM refresh_tokens WHERE successor_enc IS NOT NULL')).toEqual([
      { token_hash: 'used_now' },
    ]);
  });

  it('deletes thousands in batches', async () => {
    await sql(`INSERT INTO revoked_tokens (jti, reason, expires_at)
      SELECT 'tok_old_' || n, 'x', '2020-01-01' FROM generate_series(1, 4500) n`);
    await expect(createPruneRepository(database).prune(now)).resolves.toMatchObject({ revokedTokens: 4500 });
  });
});

describe('a leader', () => {
  it('is one of many, until it stops', async () => {
    const leases = createLeaseRepository(database);
    const o = { leases, job: 'one-of-many', logger: quietLogger(), metrics: createMetrics() };
    const all = [
      createLeader(o),
      createLeader({ ...o, metrics: createMetrics() }),
      createLeader({ ...o, metrics: createMetrics() }),
    ];
    for (const leader of all) leader.start();
    await eventually(() => all.filter((leader) => leader.current() !== undefined).length === 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const first = all.find((leader) => leader.current() !== undefined);
    expect(all.filter((leader) => leader.current() !== undefined)).toHaveLength(1);
    expect(first?.current()?.fence).toBe(1);
    await first?.stop();
    expect(await leases.take('one-of-many', 'next')).toBe(2);
    for (const leader of all) await leader.stop();
  });

  it('keeps its fence while it renews, and a stale one writes nothing', async () => {
    const leases = createLeaseRepository(database);
    expect(await leases.take('fenced', 'a')).toBe(1);
    expect(await leases.take('fenced', 'b')).toBeNull();
    expect(await leases.take('fenced', 'a')).toBe(1);
    await sql(`UPDATE leases SET expires_at = now() WHERE job = 'fenced'`);
    await sql(`INSERT INTO revoked_tokens (jti, reason, expires_at) VALUES ('tok_kept', 'x', '2020-01-01')`);
    const prunes = createPruneRepository(database);
    const stale = { job: 'fenced', holder: 'a', fence: 1 };
    await expect(prunes.prune(now, stale)).rejects.toThrow(/leads fenced/);
    expect(await leases.take('fenced', 'b')).toBe(2);
    await expect(prunes.prune(now, stale)).rejects.toThrow(/leads fenced/);
    await expect(prunes.prune(now, { job: 'fenced', holder: 'b', fence: 2 })).resolves.toMatchObject({
      revokedTokens: 1,
    });
    expect(await leases.take('fenced', 'a')).toBeNull();
  });
});
