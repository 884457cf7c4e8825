import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { ConfigError } from '@artdag/service-kit';
import { collectLogs, createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { loadConfig } from '../config.ts';
import { startAuth, testSecrets, type RunningAuth } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
});
afterAll(async () => {
  await tables?.close();
  await database?.drop();
});

async function withAuth(env: NodeJS.ProcessEnv, work: (auth: RunningAuth) => Promise<void>): Promise<void> {
  const auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger(), env });
  try {
    await work(auth);
  } finally {
    await auth.stop();
  }
}

const mock = { AUTH_MOCK_LOGIN: 'true' };

describe('mock users', () => {
  it.each([
    [
      'admin@daarion.city',
      {
        ...{ actor_id: 'user:1', actor_type: 'human', microdao_ids: ['microdao:daarion'] },
        roles: ['system_admin', 'microdao_owner'],
      },
    ],
    [
      'user@daarion.city',
      {
        ...{ actor_id: 'user:93', actor_type: 'human', microdao_ids: ['microdao:daarion', 'microdao:7'] },
        roles: ['member', 'microdao_owner'],
      },
    ],
    ['sofia@agents.daarion.city', { actor_id: 'agent:sofia', actor_type: 'agent', microdao_ids: [], roles: ['agent'] }],
  ])('%s signs in with any password, after any number of starts', async (email, actor) => {
    for (const password of ['x', 'anything else']) {
      await withAuth(mock, async (auth) => {
        const { status, body } = await auth.post('/auth/login', { email, password });
        expect([status, body.actor]).toEqual([200, actor]);
        const me = await auth.get('/auth/me', { authorization: `Bearer ${body.session_token}` });
        expect([me.status, me.body.is_sysadmin]).toEqual([200, actor.actor_id === 'user:1']);
      });
    }
  });

  it('are made once by two replicas that start together', async () => {
    const logs = collectLogs();
    const o = { databaseUrl: database.url, tables, logger: logs.logger, env: mock };
    const replicas = await Promise.all([startAuth(o), startAuth(o)]);
    await Promise.all(replicas.map((auth) => auth.stop()));
    expect(logs.text()).not.toContain('could not be made');
  });

  it('need a password that they do not have, without the flag', async () => {
    await withAuth({}, async (auth) => {
      expect((await auth.post('/auth/login', { email: 'admin@daarion.city', password: 'x' })).status).toBe(401);
    });
  });

  it('leave everybody else’s password needed', async () => {
    await withAuth(mock, async (auth) => {
      await auth.post('/auth/register', { username: 'giles', password: 'correct horse' });
      expect((await auth.post('/auth/login', { username: 'giles', password: 'x' })).status).toBe(401);
    });
  });

  it('are refused in production, before anything is opened', () => {
    const env = { NODE_ENV: 'production', JWT_SECRET: testSecrets.jwt, INTERNAL_SECRET: testSecrets.internal, ...mock };
    expect(() => loadConfig(env, { embedded: true })).toThrow(ConfigError);
    expect(loadConfig({ ...env, AUTH_MOCK_LOGIN: 'false' }, { embedded: true }).mockLogin).toBe(false);
  });
});
