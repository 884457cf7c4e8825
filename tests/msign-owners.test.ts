import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newAccount } from './lib/api-client.ts';
import {
  addKey,
  type Call,
  type Client,
  closeConnections,
  newAgent,
  newHandle,
  type Place,
  proofOf,
  revokeKey,
  send,
  signedCall,
  signUp,
  verdict,
} from './lib/msign/client.ts';
import { answerTo, newKey } from './lib/msign/key.ts';
import { type SignedSuite, startSignedSuite } from './lib/msign/signed-suite.ts';

let suite: SignedSuite;
let alice: Client;
let bob: Client;
/** Where nothing fails: failures are counted by address. */
let place: Place;

beforeAll(async () => {
  suite = await startSignedSuite();
  alice = await signUp(suite.elsewhere());
  bob = await signUp(suite.elsewhere());
  place = suite.elsewhere();
});
afterAll(async () => {
  await closeConnections();
  await suite?.remove();
});

const keysOf = (handle: string): string => `/api/auth/keys/${handle}`;
const me: Call = { path: '/auth/me' };
const mine = (who: Client) => signedCall(place, who, { path: keysOf(who.handle) });
const statusOf = async (who: Client): Promise<string> => verdict(await signedCall(suite.elsewhere(), who, me));
const unsigned = (call: Call, headers: Record<string, string> = {}) =>
  send(place.origin, { ...call, headers: { host: place.host, ...place.headers, ...headers } });

describe('whose keys', () => {
  it('lists one’s own, never the key itself, in any case of the handle', async () => {
    for (const handle of [alice.handle, alice.handle.toUpperCase()]) {
      const answer = await signedCall(place, alice, { path: keysOf(handle) });
      expect(answer.status).toBe(200);
      const [key] = answer.body['keys'] as Record<string, unknown>[];
      expect(key).toMatchObject({ key_id: alice.keyId, fingerprint: alice.key.fingerprint, algorithm: 'ed25519' });
      expect(JSON.stringify(answer.body)).not.toContain(alice.key.publicKey);
    }
  });

  it('says 403 of another’s before it looks whether there is one, to GET and DELETE alike', async () => {
    const handles = [bob.handle, 'nobody-at-all', 'agent', 'admin'];
    const answers = [];
    for (const handle of handles)
      for (const call of [
        { path: keysOf(handle) },
        { method: 'DELETE', path: `${keysOf(handle)}/${bob.keyId}` },
        { method: 'DELETE', path: `${keysOf(handle)}/${alice.keyId}` },
      ] satisfies Call[])
        answers.push(await signedCall(place, alice, call));
    for (const { status, body } of answers)
      expect([status, body['code'], body['detail']]).toEqual([403, 'forbidden', 'Forbidden']);
    expect(await statusOf(bob)).toBe('200');
    expect(await statusOf(alice)).toBe('200');
  });

  it.each([
    "' OR 1=1;--",
    "x'; DROP TABLE identity.auth_keys;--",
    '%',
    '..%2f..%2fetc',
    'a\u0000b',
    '__proto__',
    'x'.repeat(2000),
    '💥',
  ])('takes the handle %j for another’s, or for no path at all', async (handle) => {
    const answer = await signedCall(place, alice, { path: keysOf(encodeURIComponent(handle)) });
    expect([400, 403, 404, 414, 422]).toContain(answer.status);
    const deleted = { method: 'DELETE', path: `${keysOf(encodeURIComponent(handle))}/${alice.keyId}` } as const;
    expect([400, 403, 404, 414, 422]).toContain((await signedCall(place, alice, deleted)).status);
    expect((await mine(alice)).status).toBe(200);
  });

  it.each(["' OR 1=1;--", 'a\u0000b', 'key_unknown', '%', 'x'.repeat(2000), '__proto__'])(
    'says 404 of the own key %j that is none',
    async (keyId) => {
      const path = `${keysOf(alice.handle)}/${encodeURIComponent(keyId)}`;
      const answer = await signedCall(place, alice, { method: 'DELETE', path });
      expect(answer).toMatchObject({ status: 404, body: { detail: 'Key not found' } });
    },
  );

  it('says 404 of another’s key under one’s own handle, and leaves it alone', async () => {
    const path = `${keysOf(alice.handle)}/${bob.keyId}`;
    expect((await signedCall(place, alice, { method: 'DELETE', path })).status).toBe(404);
    expect(await statusOf(bob)).toBe('200');
  });
});

describe('POST /api/auth/keys', () => {
  const path = '/api/auth/keys';
  const fingerprints = async (who: Client): Promise<unknown[]> =>
    ((await mine(who)).body['keys'] as { fingerprint: string }[]).map(({ fingerprint }) => fingerprint);

  it('takes both proofs, and the new key signs from then on', async () => {
    const carol = await signUp(place);
    const second = await addKey(place, carol);
    expect(await statusOf(second)).toBe('200');
    expect((await fingerprints(carol)).toSorted()).toEqual([carol.key.fingerprint, second.key.fingerprint].toSorted());
  });

  it('wants the new key’s own proof', async () => {
    const key = newKey();
    const proof = await proofOf(suite.elsewhere(), key);
    const by = (body: object) => signedCall(suite.elsewhere(), alice, { path, body });
    const answered = { ...proof, signature_b64: answerTo(alice.key, proof.challenge_token) };
    expect(verdict(await by(answered))).toBe('401 bad_signature');
    expect(verdict(await by(proof))).toBe('400 challenge_invalid');
    const ofOld = await proofOf(suite.elsewhere(), alice.key);
    const crossed = { ...ofOld, public_key_b64: key.publicKey, signature_b64: answerTo(key, ofOld.challenge_token) };
    expect(verdict(await by(crossed))).toBe('401 fingerprint_mismatch');
    expect(await fingerprints(alice)).not.toContain(key.fingerprint);
  });

  it('wants the old key’s proof: anonymous callers, Bearer, API keys and bad signatures are refused with the MSign challenge', async () => {
    const dora = await signUp(place);
    const key = newKey();
    const body = await proofOf(place, key);
    const { token } = await newAccount(suite.gateway);
    const refusals = [
      await unsigned({ path, body }),
      await unsigned({ path, body }, { authorization: 'Bearer nonsense' }),
      await signedCall(suite.elsewhere(), { handle: dora.handle, key }, { path, body }),
      await signedCall(
        suite.elsewhere(),
        dora,
        { path, body: { ...body, label: 'x' } },
        { body: JSON.stringify(body) },
      ),
    ];
    for (const { status, headers } of refusals)
      expect([status, headers['www-authenticate']]).toEqual([401, expect.stringContaining('MSign realm="musehub"')]);
    expect(await fingerprints(dora)).toEqual([dora.key.fingerprint]);
    // An account without a live key may, by a young session; once it has one it may not.
    const bearer = { authorization: `Bearer ${token}` };
    expect((await unsigned({ path, body }, bearer)).status).toBe(201);
    const more = await unsigned({ path, body: await proofOf(place, newKey()) }, bearer);
    expect([more.status, more.headers['www-authenticate']]).toEqual([401, 'MSign realm="musehub"']);
  });

  it('takes a keyless account’s session for five minutes and no longer', async () => {
    const { token } = await newAccount(suite.gateway);
    suite.forward(301_000);
    const answer = await unsigned({ path, body: await proofOf(place, newKey()) }, { authorization: `Bearer ${token}` });
    expect(verdict(answer)).toBe('403 recent_login_required');
  });

  it('takes nobody’s key twice', async () => {
    const answer = await signedCall(place, alice, { path, body: await proofOf(place, bob.key) });
    expect(verdict(answer)).toBe('409 key_already_registered');
  });

  it('holds ten live keys and no more, also when they come at once', async () => {
    const eve = await signUp(place);
    const proofs = await Promise.all(Array.from({ length: 14 }, () => proofOf(place, newKey())));
    const verdicts = await Promise.all(
      proofs.map(async (body) => verdict(await signedCall(place, eve, { path, body }))),
    );
    expect(verdicts.filter((each) => each === '201')).toHaveLength(9);
    expect(verdicts.filter((each) => each === '409 too_many_keys')).toHaveLength(5);
  });
});

describe('a revoked key', () => {
  it('is refused from the answer on, for reading, writing and signing in, and never comes back', async () => {
    const owner = await signUp(place);
    const second = await addKey(place, owner);
    expect(await statusOf(second)).toBe('200');
    const revoked = await revokeKey(place, owner, second.keyId);
    expect([revoked.status, revoked.body]).toEqual([204, {}]);
    expect(await statusOf(second)).toBe('401 key_revoked');
    const post = { path: '/assets', body: '{}' };
    expect(verdict(await signedCall(suite.elsewhere(), second, post))).toBe('401 key_revoked');
    const body = { ...(await proofOf(place, second.key)), handle: newHandle() };
    expect(verdict(await unsigned({ path: '/api/auth/verify', body }))).toBe('403 key_revoked');
    const again = await signedCall(place, owner, { path: '/api/auth/keys', body: await proofOf(place, second.key) });
    expect(['403 key_revoked', '409 key_already_registered']).toContain(verdict(again));
    expect(await statusOf(owner)).toBe('200');
    expect((await revokeKey(place, owner, second.keyId)).status).toBe(204);
    // Whoever knows the handle, but holds no key, is not told that one was revoked.
    expect(await statusOf({ ...owner, key: newKey() })).toBe('401 bad_signature');
  });

  it('that was the last leaves the handle to its owner', async () => {
    const owner = await signUp(place);
    expect((await revokeKey(place, owner, owner.keyId)).status).toBe(204);
    expect(await statusOf(owner)).toBe('401 key_revoked');
    const body = { ...(await proofOf(place, newKey())), handle: owner.handle };
    expect(verdict(await unsigned({ path: '/api/auth/verify', body }))).toBe('409 handle_taken');
  });
});

describe('an agent', () => {
  it('acts by its own key for two hours, as what it is', async () => {
    const owner = await signUp(place);
    const agent = await newAgent(place, owner);
    const answer = await signedCall(place, agent, me);
    expect(answer).toMatchObject({ status: 200, body: { actor_type: 'agent', username: agent.handle } });
    expect(answer.body['actor_id']).toMatch(/^agent:/);
    suite.forward(2 * 3_600_000 - 60_000);
    expect(await statusOf(agent)).toBe('200');
    suite.forward(61_000);
    expect(await statusOf(agent)).toBe('401 key_expired');
    expect(await statusOf(owner)).toBe('200');
  });

  it.each([
    ['more than its owner may', ['admin:*']],
    ['everything', ['*:*']],
    ['what is no capability', ['assets']],
    ['SQL', ["assets:create'; --"]],
  ])('gets nothing when it asks for %s', async (_what, capabilities) => {
    const asked = await newAgent(place, alice, { capabilities }).catch((error: unknown) => String(error));
    expect(asked).toMatch(/: (?:422|403) /);
  });

  it('does what it was made for and nothing else: no claim without the scope, no key, no agent, no wider scope', async () => {
    const owner = await signUp(place);
    const reader = await newAgent(place, owner);
    const by = (who: Client, call: Call) => signedCall(suite.elsewhere(), who, call);
    expect((await by(reader, { path: '/assets', body: '{}' })).status).toBe(403);
    const maker = await newAgent(place, owner, { capabilities: ['assets:create'] });
    expect(verdict(await by(maker, { path: '/assets', body: '{}' }))).toBe('422 validation_error');
    const key = await proofOf(place, newKey());
    expect((await by(maker, { path: '/api/auth/keys', body: key })).status).toBe(403);
    const child = { ...(await proofOf(place, newKey())), handle: newHandle('agent'), capabilities: ['assets:create'] };
    expect((await by(maker, { path: '/api/identities/agent', body: child })).status).toBe(403);
    const wider = {
      method: 'PATCH',
      path: `/api/identities/${maker.handle}`,
      body: { capabilities: ['read:*'], agent_capabilities: ['read:*'] },
    } as const;
    expect((await by(maker, wider)).status).toBeGreaterThanOrEqual(400);
    expect((await by(maker, { path: '/v1/tokens', body: { label: 'x', scopes: [] } })).status).toBe(403);
    expect((await by(maker, { path: keysOf(owner.handle) })).status).toBe(403);
  });

  it('is refused as soon as its owner has ended it, and nobody else can', async () => {
    const owner = await signUp(place);
    const agent = await newAgent(place, owner);
    const path = `/api/identities/agent/${agent.handle}`;
    expect((await signedCall(place, bob, { method: 'DELETE', path })).status).toBeGreaterThanOrEqual(403);
    expect(await statusOf(agent)).toBe('200');
    expect((await signedCall(place, owner, { method: 'DELETE', path })).status).toBe(204);
    expect(await statusOf(agent)).toMatch(/^401 /);
    const body = { ...(await proofOf(place, agent.key)), handle: newHandle() };
    expect((await unsigned({ path: '/api/auth/verify', body })).status).toBeGreaterThanOrEqual(400);
  });
});
