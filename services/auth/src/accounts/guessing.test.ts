import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { cookiesOf } from '../cookies/cookies.testing.ts';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;
let now = new Date();

const password = 'correct horse battery';

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger(), overrides: { now: () => now } });
});
afterAll(async () => {
  await auth?.stop();
  await tables?.close();
  await database?.drop();
});

const later = (seconds: number): void => {
  now = new Date(now.getTime() + seconds * 1000);
};
const tryAt = (username: string, guess: string, headers: Record<string, string> = {}): Promise<Answer> =>
  auth.post('/auth/login', { username, password: guess }, headers);
const shown = ({ status, body, headers }: Answer) => [status, body.code, headers.get('retry-after')];

async function hashes(): Promise<number> {
  const text = await (await fetch(`${auth.url}/metrics`)).text();
  return Number(/^auth_password_hashes_total (\d+)/m.exec(text)?.[1] ?? 0);
}

async function guess(username: string, times: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < times; i += 1) answers.push(await tryAt(username, `guess ${i}`));
  return answers;
}

describe('guessing at one account', () => {
  it('is slowed after ten tries, 30 s and doubling; refused tries compute no hash and prolong nothing', async () => {
    await auth.post('/auth/register', { username: 'victim', password });
    const tries = await guess('victim', 10);
    expect(tries.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 401));
    const before = await hashes();
    expect(shown(await tryAt('victim', password))).toEqual([429, 'too_many_attempts', '30']);
    later(20);
    expect(shown(await tryAt('victim', 'guess'))).toEqual([429, 'too_many_attempts', '10']);
    expect(await hashes()).toBe(before);
    later(11);
    expect((await tryAt('victim', 'guess')).status).toBe(401);
    expect(shown(await tryAt('victim', 'guess'))).toEqual([429, 'too_many_attempts', '60']);
    later(61);
    // The wait is over and the guessing has stopped: the right password is let in, and starts anew.
    expect((await tryAt('victim', password)).status).toBe(200);
    expect((await guess('victim', 9)).map(({ status }) => status)).toEqual(Array.from({ length: 9 }, () => 401));
    expect((await tryAt('victim', password)).status).toBe(200);
  });

  it('lets at most ten tries side by side come to the hash', async () => {
    await auth.post('/auth/register', { username: 'parallel', password });
    const before = await hashes();
    const answers = await Promise.all(Array.from({ length: 64 }, (_, i) => tryAt('parallel', `guess ${i}`)));
    expect((await hashes()) - before).toBe(10);
    expect(answers.filter(({ body }) => body.code === 'too_many_attempts')).toHaveLength(54);
  });

  it('keeps neither live sessions nor a browser that the owner has used before out', async () => {
    const registered = await auth.post('/auth/register', { username: 'owner', password });
    const { device = '' } = cookiesOf(registered);
    await guess('owner', 11);
    expect((await tryAt('owner', password)).status).toBe(429);
    const authorization = `Bearer ${registered.body.session_token}`;
    expect((await auth.get('/auth/me', { authorization })).status).toBe(200);
    const cookie = `device=${device}`;
    const login = await tryAt('owner', password, { cookie });
    expect(login.status).toBe(200);
    // The guesser’s wait is not ended by that.
    expect((await tryAt('owner', password)).status).toBe(429);
    // A browser of somebody else’s is a stranger here.
    const stranger = cookiesOf(await auth.post('/auth/register', { username: 'stranger', password }));
    expect((await tryAt('owner', password, { cookie: `device=${stranger['device']}` })).status).toBe(429);
    // And the known one has only ten tries itself.
    for (let i = 0; i < 10; i += 1) expect((await tryAt('owner', 'wrong', { cookie })).status).toBe(401);
    expect((await tryAt('owner', password, { cookie })).status).toBe(429);
  });

  it('is slowed likewise where there is no account, whatever the case', async () => {
    const answers = [...(await guess('nobody-here', 5)), ...(await guess('NOBODY-here', 5))];
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(shown(await tryAt('nobody-here', 'x'))).toEqual([429, 'too_many_attempts', '30']);
  });

  it('counts the name and the address of one account together', async () => {
    await auth.post('/auth/register', { username: 'twofold', password, email: 'twofold@example.org' });
    for (let i = 0; i < 10; i += 1) await tryAt(i % 2 === 0 ? 'twofold' : 'twofold@example.org', 'guess');
    expect((await tryAt('twofold@example.org', 'guess')).status).toBe(429);
  });

  it('keeps nobody else waiting: of 400 guesses at once ten compute a hash, and others log in meanwhile', async () => {
    await auth.post('/auth/register', { username: 'bystander', password });
    await auth.post('/auth/register', { username: 'flooded', password });
    const before = await hashes();
    const flood = Array.from({ length: 400 }, (_, i) => tryAt('flooded', `guess ${i}`));
    const waits: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const started = performance.now();
      expect((await tryAt('bystander', password)).status).toBe(200);
      waits.push(performance.now() - started);
    }
    console.log(`the slowest of 5 other logins meanwhile took ${Math.max(...waits).toFixed(0)} ms`);
    const refused = (await Promise.all(flood)).filter(({ status }) => status === 429);
    expect(refused).toHaveLength(390);
    expect((await hashes()) - before).toBe(15);
  });
});

describe('guessing from one address', () => {
  it('is blocked for 30 s after five failures in a row, whatever the accounts; IPv6 counts by /64', async () => {
    await auth.post('/auth/register', { username: 'sprayed', password });
    for (const address of ['198.51.100.7', '2001:db8::1']) {
      const from = { 'x-forwarded-for': address };
      for (let i = 0; i < 5; i += 1) expect((await tryAt(`spray-${address.length}-${i}`, 'x', from)).status).toBe(401);
      expect(shown(await tryAt('sprayed', password, from))).toEqual([429, 'too_many_failures', '30']);
    }
    expect((await tryAt('sprayed', password, { 'x-forwarded-for': '2001:db8::ffff' })).status).toBe(429);
    expect((await tryAt('sprayed', password, { 'x-forwarded-for': '2001:db8:0:1::1' })).status).toBe(200);
    later(31);
    expect((await tryAt('sprayed', password, { 'x-forwarded-for': '198.51.100.7' })).status).toBe(200);
  });
});
