import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, makeAssertionKit } from '@artdag/testing';
import { startTelling, type TellingKit } from './telling-kit.testing.ts';
import { withStatus, type FakeL1 } from './telling.testing.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let kit: TellingKit;

beforeAll(async () => {
  kit = await startTelling();
});
beforeEach(() => kit.rows('DELETE FROM l1_revocations'));
afterAll(() => kit.close());

const callOf = async (jti: string) => (await kit.rows('SELECT * FROM l1_revocations WHERE jti = $1', [jti]))[0];
const becomes = (jti: string, what: object) => eventually(async () => expect(await callOf(jti)).toMatchObject(what));
const paths = (l1: FakeL1) => l1.received.map(({ path }) => path);

describe('an L1 that answers', () => {
  it('is told once, of the token by its hash, signed by the instance', async () => {
    const l1 = await kit.l1();
    const jti = await kit.enqueue(l1.url);
    await becomes(jti, { state: 'done', attempts: 1, last_error: null });
    const token = { jti, token_hash: 'cd'.repeat(32), username: 'giles', reason: 'logout' };
    const json = { ...token, l2_server: 'https://l2.example', ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) };
    expect(l1.received).toEqual([
      { path: '/auth/revoke', json, keyId: 'https://l2.example/actor#main-key', scheme: 'draft-cavage' },
    ]);
  });

  it('gets many calls, signed in batches', async () => {
    const l1 = await kit.l1();
    kit.identity.batches.length = 0;
    const jtis = await Promise.all(Array.from({ length: 60 }, () => kit.enqueue(l1.url)));
    for (const jti of jtis) await becomes(jti, { state: 'done' });
    expect(l1.received).toHaveLength(60);
    expect(kit.identity.batches.length).toBeLessThan(60);
  });

  it('is told with the key that signs now, also when it has just been changed', async () => {
    const l1 = await kit.l1();
    await becomes(await kit.enqueue(l1.url), { state: 'done' });
    kit.identity.rotate();
    await becomes(await kit.enqueue(l1.url), { state: 'done', attempts: 1 });
    expect(l1.received.at(-1)?.keyId).toBe('https://l2.example/actor#main-key-2');
  });

  it.each([404, 405, 422])('with %d is asked to forget the user instead', async (status) => {
    const l1 = await kit.l1((req, res) => withStatus(req.url === '/auth/revoke' ? status : 204)(req, res));
    await becomes(await kit.enqueue(l1.url, { username: 'alice' }), { state: 'done', attempts: 1 });
    expect(paths(l1)).toEqual(['/auth/revoke', '/auth/revoke-user']);
    expect(l1.received[1]?.json).toEqual({ username: 'alice', l2_server: 'https://l2.example' });
  });

  it('is asked to forget the user at once, when the token is not known', async () => {
    const l1 = await kit.l1();
    await becomes(await kit.enqueue(l1.url, { tokenHash: null }), { state: 'done' });
    expect(paths(l1)).toEqual(['/auth/revoke-user']);
  });

  it('with 401 to one kind of signature gets the other', async () => {
    const l1 = await kit.l1((req, res) => withStatus(req.headers['signature-input'] ? 200 : 401)(req, res));
    await becomes(await kit.enqueue(l1.url), { state: 'done', attempts: 1 });
    expect(l1.received.map(({ scheme }) => scheme)).toEqual(['draft-cavage', 'rfc9421']);
  });
});

describe('an L1 that does not take it', () => {
  it('is tried again after 10 s, 1 m, 10 m, 1 h, 6 h, 24 h, then given up, which is an event', async () => {
    const l1 = await kit.l1(withStatus(500));
    const jti = await kit.enqueue(l1.url);
    for (const [i, pause] of [10_000, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR].entries()) {
      await becomes(jti, { state: 'pending', attempts: i + 1, last_error: '/auth/revoke answered 500.' });
      const waitMs = Number((await callOf(jti))?.['next_at']) - (Date.now() + kit.clock.offsetMs);
      expect(waitMs).toBeGreaterThan(pause * 0.75 - 20_000);
      expect(waitMs).toBeLessThan(pause * 1.25 + 1_000);
      kit.clock.offsetMs += Math.max(0, waitMs) + 1_000;
    }
    await becomes(jti, { state: 'dead', attempts: 7 });
    const events = await kit.rows(
      `SELECT payload::jsonb -> 'data' AS data FROM outbox WHERE type = 'l1-revocation-failed' AND payload LIKE '%' || $1 || '%'`,
      [jti],
    );
    const data = { l1_url: l1.url, username: 'giles', jti, attempts: 7, last_error: '/auth/revoke answered 500.' };
    expect(events).toEqual([{ data }]);
    const metrics = await (await fetch(`${kit.bridge.url}/metrics`)).text();
    expect(metrics).toMatch(/l1_revocations_total\{state="dead"\} 1/);
  });

  it('hangs, and is left after 5 s', async () => {
    const l1 = await kit.l1(() => undefined);
    await becomes(await kit.enqueue(l1.url), {
      attempts: 1,
      last_error: expect.stringMatching(/5000 ms|in time|timeout/i),
    });
  });

  it('drips a byte now and then, and does not hold us', async () => {
    const l1 = await kit.l1((_req, res) => {
      res.writeHead(200);
      const dripping = setInterval(() => res.write('x'), 50);
      res.on('close', () => clearInterval(dripping));
    });
    await becomes(await kit.enqueue(l1.url), { state: 'done' });
  });

  it('drips its headers, and is left after 5 s', async () => {
    const dripper = createServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx: ');
      const dripping = setInterval(() => socket.write('x'), 100);
      socket.on('close', () => clearInterval(dripping)).on('error', () => undefined);
    });
    await new Promise<void>((resolve) => dripper.listen(0, '127.0.0.1', resolve));
    const { port } = dripper.address() as AddressInfo;
    await becomes(await kit.enqueue(`http://127.0.0.1:${port}`), { attempts: 1, state: 'pending' });
    dripper.close();
  });

  it('refuses the connection', async () => {
    const l1 = await kit.l1();
    await l1.close();
    await becomes(await kit.enqueue(l1.url), { attempts: 1, state: 'pending' });
  });

  it.each(['http://127.0.0.9:1/auth/revoke', 'http://169.254.169.254/latest'])(
    'redirects to %s, where nobody goes',
    async (location) => {
      const l1 = await kit.l1((_req, res) => void res.writeHead(307, { location }).end());
      const jti = await kit.enqueue(l1.url);
      await becomes(jti, { attempts: 1, state: 'pending', last_error: expect.stringMatching(/redirect/i) });
      expect(l1.received).toHaveLength(1);
    },
  );

  it('is at a private address that is not allowed, and gets no call', async () => {
    await becomes(await kit.enqueue('http://127.0.0.9:8100'), {
      attempts: 1,
      last_error: expect.stringMatching(/127\.0\.0\.9|address/),
    });
  });

  it('knows neither call: it is tried again', async () => {
    const l1 = await kit.l1(withStatus(404));
    const last_error = '/auth/revoke answered 404, /auth/revoke-user answered 404.';
    await becomes(await kit.enqueue(l1.url), { attempts: 1, state: 'pending', last_error });
  });
});

describe('when nothing can be signed', () => {
  it('a call waits, without counting as tried', async () => {
    const l1 = await kit.l1();
    kit.identity.down = true;
    kit.clock.offsetMs += 3_000;
    const jti = await kit.enqueue(l1.url);
    await becomes(jti, { attempts: 0, state: 'pending', last_error: expect.stringMatching(/identity answered 503/) });
    kit.identity.down = false;
    kit.clock.offsetMs += 6_000;
    await becomes(jti, { state: 'done', attempts: 1 });
  });
});

describe('what is stuck', () => {
  it('is taken over when the lease of a replica that died ends, or when its dates cannot be', async () => {
    const l1 = await kit.l1();
    const now = Date.now() + kit.clock.offsetMs;
    await kit.rows(
      `INSERT INTO l1_revocations (id, l1_url, username, jti, token_hash, reason, revoked_at, next_at, claimed_until)
       VALUES ('rvk_a', $1, 'giles', 'tok_died', 'x', 'logout', $2, $2, $3), ('rvk_b', $1, 'giles', 'tok_far', 'x', 'logout', $2, $4, NULL)`,
      [l1.url, new Date(now), new Date(now + 3_000), new Date(now + 90 * 24 * HOUR)],
    );
    await becomes('tok_died', { state: 'done' });
    await becomes('tok_far', { state: 'done' });
  });

  it('is kept for 7 days when it is done, and for 30 when it was given up', async () => {
    const ago = (days: number) => new Date(Date.now() + kit.clock.offsetMs - days * 24 * HOUR);
    const insert = `INSERT INTO l1_revocations (id, l1_url, username, jti, reason, revoked_at, next_at, state, settled_at)
      VALUES ($1, 'https://l1.example', 'giles', $1, 'logout', now(), now(), $2, $3)`;
    for (const [id, state, days] of [
      ['a', 'done', 6],
      ['b', 'done', 8],
      ['c', 'dead', 29],
      ['d', 'dead', 31],
    ] as const)
      await kit.rows(insert, [id, state, ago(days)]);
    await eventually(async () =>
      expect(await kit.rows('SELECT id FROM l1_revocations ORDER BY id')).toEqual([{ id: 'a' }, { id: 'c' }]),
    );
  });
});

describe('operators', () => {
  // An assertion lives for a minute.
  beforeAll(() => void (kit.clock.offsetMs = 0));
  const admin = makeAssertionKit('l1-bridge').service('admin');
  const ask = async (path: string, body: object, assertion = admin) => {
    const headers = { 'content-type': 'application/json', 'x-actor-assertion': assertion };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(`${kit.bridge.url}/internal/admin/l1${path}`, init);
    return { status: answer.status, body: (await answer.json()) as { revocations: object[]; code: string } };
  };

  it('see what waits, and have it tried now', async () => {
    const l1 = await kit.l1(withStatus(500));
    const jti = await kit.enqueue(l1.url);
    await becomes(jti, { attempts: 1 });
    const { body } = await ask('/revocations', { l1: `${l1.url}/` });
    expect(body.revocations).toMatchObject([{ jti, l1_url: l1.url, attempts: 1, state: 'pending' }]);
    l1.answer = withStatus(200);
    expect(await ask('/retry', { l1: l1.url })).toEqual({ status: 200, body: { hurried: 1, revived: 0 } });
    await becomes(jti, { state: 'done', attempts: 2 });
  });

  it('have tried again what was given up', async () => {
    const l1 = await kit.l1();
    await kit.rows(
      `INSERT INTO l1_revocations (id, l1_url, username, jti, token_hash, reason, revoked_at, next_at, state, settled_at, attempts, created_at)
       VALUES ('rvk_dead', $1, 'giles', 'tok_dead', 'x', 'logout', now(), now(), 'dead', $2, 7, now() - interval '9 days')`,
      [l1.url, new Date(Date.now() + kit.clock.offsetMs)],
    );
    expect((await ask('/revocations', { state: 'dead' })).body.revocations).toMatchObject([{ id: 'rvk_dead' }]);
    expect((await ask('/retry', { id: 'rvk_dead' })).body).toEqual({ hurried: 0, revived: 1 });
    await becomes('tok_dead', { state: 'done', attempts: 1 });
    // Else it would look as if it had waited for longer than the schedule lasts.
    expect(Date.now() - Number((await callOf('tok_dead'))?.['created_at'])).toBeLessThan(HOUR);
  });

  it('hear what was wrong', async () => {
    expect(await ask('/retry', { id: 'rvk_none' })).toMatchObject({ status: 404, body: { code: 'nothing_to_retry' } });
    for (const body of [{}, { id: 'a', l1: 'https://l1.example' }, { l1: 'nonsense' }])
      expect((await ask('/retry', body)).status).toBe(422);
    expect((await ask('/revocations', { state: 'odd' })).status).toBe(422);
    expect((await ask('/revocations', {}, makeAssertionKit('l1-bridge').service('gateway'))).status).toBe(403);
  });
});
