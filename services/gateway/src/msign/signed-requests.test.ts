import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bodyDigest, emptyBodyDigest } from '@artdag/msign';
import { quietLogger } from '@artdag/testing';
import { apiKey, apiKeyAnswer, assertionsSeen } from '../callers.testing.ts';
import { type Harness, lendLease, startHarness, valuesOf } from '../harness.testing.ts';
import { goodVerdict } from '../identity-stand-in.testing.ts';
import { startLimited } from '../limits/limited-gateway.testing.ts';
import { rawGet, sendRaw } from '../raw-http.testing.ts';
import {
  authorizationOf,
  codeOf,
  makeTestSigner,
  messageOf,
  type RequestToSend,
  type TestSigner,
} from './signing.testing.ts';

let gateway: Harness;
let alice: TestSigner;

beforeEach(async () => {
  gateway = await startHarness({ logger: quietLogger() });
  alice = makeTestSigner(gateway);
});
afterEach(() => gateway.close());

const post: RequestToSend = { method: 'POST', target: '/assets', body: '{"name":"x"}' };

describe('a signed request', () => {
  it('reaches its owner with an assertion, and without the signature', async () => {
    expect((await alice.send()).status).toBe(200);
    expect(assertionsSeen(gateway)).toEqual([goodVerdict('alice').assertion]);
    const { rawHeaders } = gateway.seen[0] ?? { rawHeaders: [] };
    expect(valuesOf(rawHeaders, 'authorization')).toEqual([]);
    expect(gateway.identity.assertions).toEqual([expect.stringMatching(/^eyJ/)]);
  });

  it('is shown to identity as it came', async () => {
    const ts = Math.floor(Date.now() / 1000);
    await alice.send({ ts });
    await alice.send({ ...post, ts, alg: true });
    expect(gateway.identity.questions).toEqual([
      {
        ...{ handle: 'alice', names_algorithm: false, ts, signature: expect.stringMatching(/^[\w-]{86}$/) },
        ...{ method: 'GET', host: 'l2.example', target: '/assets', body_sha256: emptyBodyDigest },
      },
      {
        ...{ handle: 'alice', names_algorithm: true, ts, signature: expect.stringMatching(/^[\w-]{86}$/) },
        ...{ method: 'POST', host: 'l2.example', target: '/assets', body_sha256: bodyDigest('{"name":"x"}') },
      },
    ]);
  });

  it.each([
    '/assets?limit=1&q=%C3%A9%20+b%2f%7e',
    '/assets/a%2Db%41%7E%5B;v=1,2',
    '/assets?',
    '/assets?a=[x]|{y}^`"<>\\',
    "/assets/!$&'()*+,;=:@",
  ])('%s is verified and forwarded byte by byte', async (target) => {
    expect((await alice.send({ target })).status).toBe(200);
    expect(gateway.identity.questions).toMatchObject([{ target }]);
    expect(gateway.seen).toMatchObject([{ url: target }]);
  });

  it.each<[string, RequestToSend, RequestToSend]>([
    ['method', post, { method: 'DELETE', target: '/auth/sessions' }],
    ['method of a read', { body: '' }, { method: 'HEAD' }],
    ['path', {}, { target: '/assets/x' }],
    ['case of a percent-encoding', { target: '/assets/a%2d' }, { target: '/assets/a%2D' }],
    ['query', { target: '/assets?limit=1' }, { target: '/assets?limit=2' }],
    ['body', post, { body: '{"name":"y"}' }],
    ['body’s last byte', post, { body: '{"name":"x"}\n' }],
    ['body, added', { ...post, body: '' }, { body: ' ' }],
  ])('with another %s than was signed is 401 bad_signature', async (_what, request, changes) => {
    const answer = await alice.send(request, changes);
    const code = answer.body === '' ? 'bad_signature' : codeOf(answer);
    expect([answer.status, code]).toEqual([401, 'bad_signature']);
    expect(answer.headers['www-authenticate']).toBe('MSign realm="musehub"');
    expect(gateway.seen).toEqual([]);
  });

  it('is taken once where it changes something, and again where it does not', async () => {
    const ts = Math.floor(Date.now() / 1000);
    expect((await alice.send({ ...post, ts })).status).toBe(200);
    expect(codeOf(await alice.send({ ...post, ts }))).toBe('replayed');
    expect((await alice.send({ ts })).status).toBe(200);
    expect((await alice.send({ ts })).status).toBe(200);
  });

  it('has its body forwarded as it was, whatever its framing', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 7) % 256));
    const ts = Math.floor(Date.now() / 1000);
    expect((await alice.send({ ...post, body: bytes, ts })).status).toBe(200);
    const authorization = alice.authorization({ ...post, body: bytes, ts: ts - 1 });
    const head = messageOf({ method: 'POST', lines: ['Transfer-Encoding: chunked'] }, authorization);
    const chunks = [1, 2, 5000, 20_000, 74_997].map((size, at, sizes) => {
      const from = sizes.slice(0, at).reduce((sum, each) => sum + each, 0);
      const chunk = bytes.subarray(from, from + size);
      return Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]);
    });
    const answer = await sendRaw(gateway.port, Buffer.concat([head, ...chunks, Buffer.from('0\r\n\r\n')]));
    expect(answer.status).toBe(200);
    const sent = { bodyBytes: 100_000, bodySha256: bodyDigest(bytes) };
    expect(gateway.seen).toMatchObject([sent, sent]);
  });

  it('comes after an API key, and before a cookie, whose page needs no proof then', async () => {
    gateway.auth.sessions.set(apiKey, apiKeyAnswer());
    await alice.send({ lines: [`X-API-Key: ${apiKey}`] });
    const cookie = ['Cookie: session_token=bad', 'Origin: https://evil.example'];
    expect((await alice.send({ ...post, lines: cookie })).status).toBe(200);
    expect(assertionsSeen(gateway)).toMatchObject([{ method: 'api_key' }, { method: 'msign' }]);
  });
});

describe('what identity says', () => {
  it.each([
    ['bad_signature', 401],
    ['key_expired', 401],
    ['key_revoked', 401],
    ['replayed', 401],
    ['account_disabled', 403],
  ])('%s is %d, and counted', async (code, status) => {
    gateway.identity.judge = () => ({ ok: false, code });
    const answer = await alice.send();
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'MSign realm="musehub"' : undefined);
    expect(gateway.seen).toEqual([]);
    const { body } = await rawGet(gateway.port, '/metrics');
    expect(body).toContain(`msign_verify_total{result="${code}"} 1`);
  });

  it('is asked of it together, in a few calls of at most 64', async () => {
    gateway.identity.delayMs = 50;
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => alice.send({ target: `/assets?n=${n}` })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 200 }, () => 200));
    expect(gateway.identity.questions).toHaveLength(200);
    expect(Math.max(...gateway.identity.calls)).toBeLessThanOrEqual(64);
    expect(gateway.identity.calls.length).toBeLessThan(100);
  });

  it('is asked in calls that are never too large, however long the paths are', async () => {
    gateway.identity.delayMs = 50;
    const targets = Array.from({ length: 64 }, (_, n) => `/assets?n=${n}&long=${'x'.repeat(16_000)}`);
    const answers = await Promise.all(targets.map((target) => alice.send({ target })));
    expect(answers.map(({ status }) => status)).toEqual(targets.map(() => 200));
    expect(Math.max(...gateway.identity.calls)).toBeLessThanOrEqual(30);
    expect(Math.max(...gateway.identity.calls)).toBeGreaterThan(1);
  });

  it('belongs to the request that it was asked for', async () => {
    gateway.identity.delayMs = 50;
    const signers = Array.from({ length: 40 }, (_, n) => makeTestSigner(gateway, `user-${n}`));
    const stranger = generateKeyPairSync('ed25519').privateKey;
    const sent = signers.map(async (signer, n) => {
      const target = `/assets?n=${n}`;
      // Fewer than what would block their address.
      if (n % 10 !== 0) return signer.send({ target });
      return sendRaw(gateway.port, messageOf({ target }, authorizationOf(signer.handle, stranger, { target })));
    });
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    expect(statuses).toEqual(signers.map((_, n) => (n % 10 === 0 ? 401 : 200)));
    expect(Math.max(...gateway.identity.calls)).toBeGreaterThan(1);
    const names = assertionsSeen(gateway).map(({ username }) => username);
    expect(names).toEqual(gateway.seen.map(({ url }) => `user-${url.slice(url.indexOf('=') + 1)}`));
  });

  it('about a caller is followed as soon as it changes', async () => {
    await alice.send();
    gateway.identity.judge = () => goodVerdict('alice', { scopes: ['read:*'] });
    await alice.send();
    expect(assertionsSeen(gateway)).toMatchObject([{ scopes: ['*'] }, { scopes: ['read:*'] }]);
  });
});

describe('while identity', () => {
  const unavailable = [503, 'dependency_unavailable'];

  it.each(['down', 'hanging', 'nonsense'] as const)(
    'is %s, signed requests are 503, and others go on',
    async (mode) => {
      gateway.identity.mode = mode;
      const signed = Promise.all([alice.send(), alice.send(post)]);
      expect((await rawGet(gateway.port, '/assets')).status).toBe(200);
      gateway.auth.sessions.set(apiKey, apiKeyAnswer());
      expect((await rawGet(gateway.port, '/assets', [`X-API-Key: ${apiKey}`])).status).toBe(200);
      for (const answer of await signed) {
        expect([answer.status, codeOf(answer)]).toEqual(unavailable);
        expect(answer.headers['retry-after']).toEqual(expect.any(String));
      }
      gateway.identity.mode = 'up';
      expect((await alice.send()).status).toBe(200);
    },
  );

  it.each<[string, object]>([
    ['cannot say', { ok: false, code: 'unavailable' }],
    ['gives a code that nobody knows', { ok: false, code: 'fine' }],
    ['names nobody', { ok: true, caller: 'x' }],
    ['names no ids', { ...goodVerdict('alice'), caller: 'y', ids: [] }],
    ['names a service', goodVerdict('alice', { actor: { ...goodVerdict('x').assertion, actor_type: 'service' } })],
    ['says that it was no signature', goodVerdict('alice', { method: 'service' })],
  ])('%s, a signed request is 503', async (_what, verdict) => {
    gateway.identity.judge = () => verdict;
    const answer = await alice.send();
    expect([answer.status, codeOf(answer)]).toEqual(unavailable);
    expect(gateway.seen).toEqual([]);
  });
});

describe('a key that was taken back', () => {
  it.each(['key_alice', 'user:alice'])('by %s in the shared store is 401 key_revoked at once', async (id) => {
    await lendLease(gateway.store);
    expect((await alice.send()).status).toBe(200);
    await gateway.store.set(`deny:${id}`, 'revoked');
    const answer = await alice.send();
    expect([answer.status, codeOf(answer)]).toEqual([401, 'key_revoked']);
    expect(answer.headers['www-authenticate']).toBe('MSign realm="musehub"');
    expect(gateway.seen).toHaveLength(1);
  });

  it('is known from auth while the store is not to be relied upon', async () => {
    gateway.auth.revoked.set('key_alice', 'revoked');
    expect(codeOf(await alice.send())).toBe('key_revoked');
  });
});

describe('routes whose owner reads credentials itself', () => {
  const logout: RequestToSend = { method: 'POST', target: '/auth/logout', body: '{"all":true}' };
  const credentialsSeen = (): (string[] | undefined)[] =>
    ['authorization', 'cookie', 'x-api-key'].map((name) => valuesOf(gateway.seen[0]?.rawHeaders ?? [], name));

  it('get the assertion of who signed, and no credential', async () => {
    expect((await alice.send({ ...logout, lines: ['Cookie: session_token=x'] })).status).toBe(200);
    expect(assertionsSeen(gateway)).toMatchObject([{ username: 'alice', method: 'msign' }]);
    expect(credentialsSeen()).toEqual([[], [], []]);
    expect(gateway.seen).toMatchObject([{ bodySha256: bodyDigest('{"all":true}') }]);
  });

  it('are not reached by a signature that is not good', async () => {
    expect((await alice.send(logout, { body: '{"all":false}' })).status).toBe(401);
    expect(gateway.seen).toEqual([]);
  });

  it('get every other credential as it came', async () => {
    for (const line of ['Authorization: Bearer x', 'Authorization: Basic x', 'Authorization: MSignature x']) {
      gateway.seen.length = 0;
      const bytes = `POST /auth/logout HTTP/1.1\r\nHost: l2.example\r\n${line}\r\nCookie: a=b\r\nContent-Length: 2\r\n\r\n{}`;
      expect((await sendRaw(gateway.port, bytes)).status).toBe(200);
      expect(credentialsSeen()).toEqual([[line.slice(15)], ['a=b'], []]);
    }
    expect(assertionsSeen(gateway)).toEqual([]);
    expect(gateway.identity.questions).toEqual([]);
  });
});

describe('the routes of identity', () => {
  it.each([
    ['POST', '/api/auth/challenge'],
    ['POST', '/api/auth/verify'],
    ['GET', '/api/identities'],
    ['GET', '/api/identities/alice'],
  ])('%s %s is for anybody', async (method, target) => {
    const bytes = `${method} ${target} HTTP/1.1\r\nHost: l2.example\r\nContent-Length: 0\r\n\r\n`;
    expect((await sendRaw(gateway.port, bytes)).status).toBe(200);
    expect(gateway.seen).toMatchObject([{ method, url: target }]);
  });

  it.each([
    ['POST', '/api/auth/keys'],
    ['GET', '/api/auth/keys/alice'],
    ['DELETE', '/api/auth/keys/alice/key_1'],
    ['POST', '/api/identities/agent'],
    ['GET', '/api/identities/agent'],
    ['DELETE', '/api/identities/agent/bot'],
    ['POST', '/api/identities'],
    ['PATCH', '/api/identities/alice'],
    ['DELETE', '/api/identities/alice'],
  ])('%s %s wants somebody known', async (method, target) => {
    const bytes = `${method} ${target} HTTP/1.1\r\nHost: l2.example\r\nContent-Length: 0\r\n\r\n`;
    expect((await sendRaw(gateway.port, bytes)).status).toBe(401);
    expect(gateway.seen).toEqual([]);
    expect((await alice.send({ method, target })).status).toBe(200);
    expect(gateway.seen).toMatchObject([{ method, url: target }]);
  });
});

describe('rate limits', () => {
  it('count signed requests by actor, agents in their own bucket, and refused ones by address', async () => {
    const limited = await startLimited({ actor: 2, agent: 3, anonymous: 2 }, { logger: quietLogger() });
    const agent = {
      ...goodVerdict('bot').assertion,
      actor: { actor_id: 'agent:1', actor_type: 'agent', microdao_ids: [], roles: [] },
    };
    const statusesOf = async (times: number, signer: TestSigner): Promise<number[]> => {
      const all: number[] = [];
      for (let n = 0; n < times; n += 1) all.push((await signer.send()).status);
      return all;
    };
    expect(await statusesOf(3, makeTestSigner(limited))).toEqual([200, 200, 429]);
    limited.identity.judge = () => goodVerdict('bot', agent);
    expect(await statusesOf(4, makeTestSigner(limited, 'bot'))).toEqual([200, 200, 200, 429]);
    limited.identity.judge = () => ({ ok: false, code: 'replayed' });
    expect(await statusesOf(3, makeTestSigner(limited, 'carol'))).toEqual([401, 401, 429]);
    await limited.close();
  });

  it('count challenges, verifications and added keys in a bucket each, by address', async () => {
    const limited = await startLimited({ keys: 2 }, { logger: quietLogger() });
    const signer = makeTestSigner(limited);
    for (const target of ['/api/auth/challenge', '/api/auth/verify', '/api/auth/keys']) {
      const statuses: number[] = [];
      for (let n = 0; n < 3; n += 1)
        statuses.push((await signer.send({ method: 'POST', target, body: `${n}` })).status);
      expect(statuses).toEqual([200, 200, 429]);
    }
    await limited.close();
  });
});

describe('MSIGN_REALM', () => {
  it('stands in every challenge, of ours and of services', async () => {
    const other = await startHarness({ logger: quietLogger(), config: { msignRealm: 'dag $& 1' } });
    const signer = makeTestSigner(other);
    const both = 'Bearer realm="l2", MSign realm="dag $& 1"';
    const challengeOf = async (lines: string[], path = '/assets'): Promise<string | undefined> =>
      (await rawGet(other.port, path, lines)).headers['www-authenticate'];
    expect((await signer.send({}, { target: '/users' })).headers['www-authenticate']).toBe('MSign realm="dag $& 1"');
    expect(await challengeOf([], '/auth/me')).toBe(both);
    expect(await challengeOf(['Authorization: Bearer x.y.z'])).toBe(both);
    expect(await challengeOf([`Authorization: ${'x'.repeat(70_000)}`])).toBe(both);
    other.respond = (_request, response) =>
      void response.writeHead(401, { 'WWW-Authenticate': 'Bearer realm="l2", MSign realm="musehub"' }).end();
    expect(await challengeOf([])).toBe(both);
    await other.close();
  });
});
