import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allScopes } from '@artdag/actor-context';
import { makeAssertionKit } from '@artdag/testing';
import type { RunningIdentity } from '../start-identity.testing.ts';
import { signedRequest, startWorld, type MSignWorld, type TestKey, type WireRequest } from './msign.testing.ts';

/** vectors.md, A.2. */
const ts = 1_743_800_000;
const pkcs8 = '302e020100300506032b657004220420';
const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
const privateKey = createPrivateKey({ key: Buffer.from(pkcs8 + seed, 'hex'), format: 'der', type: 'pkcs8' });
const common = { handle: 'gabriel', ts, host: 'l2.example.com', names_algorithm: false };
const post = {
  ...{ ...common, method: 'POST', target: '/assets?dry_run=1' },
  body_sha256: 'cb4a914d309f32b93cc3335a528c55094977b419100d0dc26a57289f541f1746',
  signature: 'kNLv3YDtWeo1h3fwd8GuapJW73FRp-hanR15cXcPQFgYD1lR7mAqkJZGpSuYtnqnxUtirUTdGWqI_KttRcLhCQ',
};
const get = {
  ...{ ...common, method: 'GET', target: '/auth/me' },
  body_sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  signature: 'WLTl0fGv13J171VOxM35RgRQ4ewMfv-PpqR4QjYqVouQwgNFppHUw7TewNmebDoQQs_v8x05JiPoHxcE-6bqCA',
};
const legacyPost = {
  ...post,
  signature: 'Joldqq9Do4oAeVMc7MVvXeAu0qU_EaSZABTV57_0AXEnTTuGEYzx8JgdTf5jllQpIONJwxlGhWnu6SuZbCGdAw',
};
const legacyGet = {
  ...get,
  signature: 'UJo8SWkhRIOt1ZXGRyn_mYmTbN6RhUmNQqfU3QrvpwkFicLYC7Q9j7k4Q7nI5y5rMyFEhftkSxLZypKh-uc4Aw',
};
const fingerprint = 'sha256:21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9';

const clock = { now: new Date(ts * 1000) };
let world: MSignWorld;
let identity: RunningIdentity;
let legacy: RunningIdentity;
let key: TestKey;

beforeAll(async () => {
  world = await startWorld(clock);
  await world.addHuman('gabriel', { roles: ['member'], microdao_ids: ['microdao:choir'], org_id: 'org_gabriel' });
  key = await world.addKey('gabriel', { privateKey });
  await world.addHuman('raphael');
  await world.addKey('raphael');
  identity = await world.replica();
  legacy = await world.replica({ config: { acceptLegacyMSign: true } });
});
afterAll(() => world.close());

const codes = async (on: RunningIdentity, ...requests: WireRequest[]): Promise<unknown[]> =>
  (await world.results(on, ...requests)).map((result) => (result.ok === true ? 'ok' : result.code));

const bad = { ok: false, code: 'bad_signature' };

describe('POST /internal/identity/msign/verify', () => {
  it('accepts the vectors, with and without a named algorithm, and says who it is', async () => {
    const [first, second] = await world.results(identity, get, { ...get, names_algorithm: true });
    expect(first).toEqual({
      ok: true,
      caller: expect.stringContaining(key.id),
      ids: [key.id, 'user:gabriel'],
      assertion: {
        actor: {
          ...{ actor_id: 'user:gabriel', actor_type: 'human' },
          ...{ microdao_ids: ['microdao:choir'], roles: ['member'] },
        },
        ...{ username: 'gabriel', org_id: 'org_gabriel', scopes: allScopes, sid: null, jti: key.id },
        ...{ method: 'msign', token_use: 'msign' },
      },
    });
    expect(second).toEqual(first);
    expect(await codes(identity, post)).toEqual(['ok']);
    // The same text, however the header looks: it has been used.
    expect(await codes(identity, { ...post, names_algorithm: true })).toEqual(['replayed']);
  });

  it('refuses the legacy vectors by default, and takes them where it is told to, but never under a named algorithm', async () => {
    expect(await codes(identity, legacyPost, legacyGet)).toEqual(['bad_signature', 'bad_signature']);
    const named = { ...legacyGet, names_algorithm: true };
    expect(await codes(legacy, named, legacyPost, legacyGet)).toEqual(['bad_signature', 'ok', 'ok']);
    expect(await codes(legacy, { ...legacyPost, host: 'elsewhere.example.com' }, get)).toEqual(['replayed', 'ok']);
  });

  it.each<[string, Partial<WireRequest>]>([
    ['method', { method: 'HEAD' }],
    ['host', { host: 'l2.example.org' }],
    ['port', { host: 'l2.example.com:8443' }],
    ['path', { target: '/auth/me/' }],
    ['query', { target: '/auth/me?' }],
    ['time', { ts: ts + 1 }],
    ['body', { body_sha256: post.body_sha256 }],
    ['handle', { handle: 'raphael' }],
    ['signature', { signature: `X${get.signature.slice(1)}` }],
    ['key', { kid: `sha256:${'0'.repeat(64)}` }],
  ])('refuses a request of which the %s is another', async (_name, change) => {
    expect(await world.results(identity, { ...get, ...change }, get)).toEqual([
      bad,
      expect.objectContaining({ ok: true }),
    ]);
  });

  it('answers alike for an unknown handle, a key that is not the handle’s, and a wrong signature', async () => {
    const wrong = { ...get, signature: post.signature };
    const answers = await Promise.all(
      [wrong, { ...wrong, handle: 'nobody' }, { ...wrong, kid: `sha256:${'a'.repeat(64)}` }].map((request) =>
        world.verify(identity, [request]),
      ),
    );
    expect(answers).toEqual([1, 2, 3].map(() => ({ status: 200, body: { results: [bad] } })));
  });

  it('answers 64 in their order and refuses 65, none, and what is no request', async () => {
    const mixed = Array.from({ length: 64 }, (_, i) => (i % 3 === 0 ? get : { ...get, handle: `nobody-${i}` }));
    expect(await codes(identity, ...mixed)).toEqual(mixed.map((one) => (one === get ? 'ok' : 'bad_signature')));
    const wrong: unknown[] = [[...mixed, get], [], undefined, 'x', [{}], [null]];
    const changes = [
      ...[{ target: '/a\nb' }, { target: '/a b' }, { target: '/\0' }, { host: 'a\nb' }, { host: '' }],
      ...[{ method: 'GET\n' }, { ts: 1.5 }, { ts: -1 }, { ts: '1743800000' }, { handle: 'GABRIEL' }, { handle: 'a\0' }],
      ...[{ kid: 'abc' }, { signature: `${get.signature}==` }, { signature: 'A' }, { body_sha256: 'x' }],
    ];
    for (const requests of [...wrong, ...changes.map((change) => [{ ...get, ...change }])]) {
      const { status, body } = await world.verify(identity, requests);
      expect([requests, status, body.code]).toEqual([requests, 422, 'validation_error']);
    }
  });

  it('serves the gateway and nobody else', async () => {
    const path = '/internal/identity/msign/verify';
    expect((await identity.post(path, { requests: [get] })).status).toBe(401);
    expect((await world.verify(identity, [get], 'federation')).status).toBe(403);
    const kit = makeAssertionKit('identity', { now: () => clock.now });
    const user = { 'x-actor-assertion': kit.actor({ actor_id: 'user:gabriel' }) };
    expect((await identity.post(path, { requests: [get] }, user)).status).toBe(403);
  });
});

describe('which key', () => {
  const at = (seconds: number): Date => new Date((ts + seconds) * 1000);

  it('tries the ten newest live keys, and the one that is named among them', async () => {
    await world.addHuman('michael');
    const keys: TestKey[] = [];
    for (let i = 0; i < 11; i += 1) keys.push(await world.addKey('michael', { createdAt: at(i) }));
    const requests = keys.map((one) => signedRequest({ handle: 'michael', key: one, ts }));
    expect(await codes(identity, ...requests)).toEqual(['bad_signature', ...Array.from({ length: 10 }, () => 'ok')]);
    const [, second, third] = keys;
    if (second === undefined || third === undefined) throw new Error('no keys');
    const by = { handle: 'michael', key: second, ts };
    const [right, wrong] = await world.results(
      identity,
      signedRequest({ ...by, kid: second.fingerprint }),
      signedRequest({ ...by, kid: third.fingerprint }),
    );
    expect(right).toMatchObject({ ok: true, ids: [second.id, 'user:michael'], assertion: { jti: second.id } });
    expect(wrong).toEqual(bad);
    expect(await codes(identity, { ...get, kid: fingerprint })).toEqual(['ok']);
  });

  it('tells the holder of a revoked or expired key so, for the ten that ended last', async () => {
    await world.addHuman('uriel');
    const revoked: TestKey[] = [];
    for (let i = 0; i < 10; i += 1) revoked.push(await world.addKey('uriel'));
    for (const [i, one] of revoked.entries()) await world.revoke(one, at(i - 100));
    const expired = await world.addKey('uriel', { expiresAt: at(-1) });
    const lasting = await world.addKey('uriel', { expiresAt: at(1) });
    const sign = (one: TestKey, kid = false) =>
      signedRequest({ handle: 'uriel', key: one, ts, ...(kid ? { kid: one.fingerprint } : {}) });
    expect(await codes(identity, ...[...revoked, expired, lasting].map((one) => sign(one)))).toEqual([
      'bad_signature',
      ...Array.from({ length: 9 }, () => 'key_revoked'),
      ...['key_expired', 'ok'],
    ]);
    expect(await codes(identity, sign(expired, true), sign(lasting, true))).toEqual(['key_expired', 'ok']);
    expect(await codes(identity, { ...sign(expired), signature: get.signature })).toEqual(['bad_signature']);
  });

  it('compares a key’s time with the clock at each use, not when its list was read', async () => {
    await world.addHuman('jophiel');
    const short = await world.addKey('jophiel', { expiresAt: at(5) });
    const request = signedRequest({ handle: 'jophiel', key: short, ts });
    expect(await codes(identity, request)).toEqual(['ok']);
    clock.now = new Date(ts * 1000 + 4999);
    expect(await codes(identity, request)).toEqual(['ok']);
    clock.now = at(5);
    expect(await codes(identity, request)).toEqual(['key_expired']);
    clock.now = at(0);
  });
});
