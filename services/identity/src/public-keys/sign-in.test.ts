import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collectLogs, eventually } from '@artdag/testing';
import { answerTo, newKey, signedBy, startKeyWorld, vectorKey, type KeyWorld } from './keys.testing.ts';

let world: KeyWorld;
const logs = collectLogs();

beforeAll(async () => {
  world = await startKeyWorld({ logger: logs.logger });
});
afterAll(async () => {
  await world?.stop();
});

const codes = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];

describe('POST /api/auth/verify', () => {
  it('takes the vector of the spec (A.1)', async () => {
    const nonce = '00'.repeat(31) + '01';
    const hash = 'ec4916dd28fc4c10d78e287ca5d9cc51ee1ae73cbfde08c6b37324cbfaac8bc5';
    const key = vectorKey();
    await world.sql(
      `INSERT INTO identity.auth_challenges VALUES ($1, $2, 'ed25519', 'somebody', now() + interval '5 minutes')`,
      [hash, key.fingerprint],
    );
    const signature_b64 = 'UCLAEktzhFiNtjni68VUOYnEgPf26Xx0XAUmNGhiagLXwYHfZ6XgG9C8+21oqOIDY/BY1PtFjWE+V/TEAxmaDg==';
    const public_key_b64 = '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
    const body = { challenge_token: nonce, public_key_b64, signature_b64, handle: 'rfc-8032' };
    const answer = await world.call('POST', '/api/auth/verify', { body });
    expect([answer.status, answer.body.key.fingerprint]).toEqual([200, key.fingerprint]);
    expect(key.fingerprint).toBe('sha256:21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9');
  });

  it('tells a known key whose it is, whatever handle or type it asks for, and needs none', async () => {
    const key = newKey();
    const first = await world.signIn(key, { handle: 'comes-back' });
    for (const body of [{}, { handle: 'another' }, { handle: 'NO \0 handle', identity_type: 'agent' }]) {
      world.clock.ms += 2000;
      const again = await world.signIn(key, body, { replica: 1 });
      expect([again.status, again.body]).toMatchObject([
        200,
        { ...first.body, is_new_identity: false, key: { ...first.body.key, last_used_at: expect.any(String) } },
      ]);
      expect(Date.parse(again.body.key.last_used_at)).toBeGreaterThan(Date.parse(first.body.key.last_used_at));
    }
    expect(world.auth.actors.has('user:another')).toBe(false);
  });

  it('tells whoever means the other verify where that is', async () => {
    for (const body of [{ token: 'eyJ', l1_server: 'https://l1.test' }, { token: 'x' }, { l1_server: 'x' }]) {
      const { status, body: answer } = await world.call('POST', '/api/auth/verify', { body });
      expect([status, answer.detail]).toEqual([422, expect.stringContaining(' /auth/verify')]);
    }
  });

  it.each(['disabled', 'deleted'])('refuses the keys of a %s account', async (status) => {
    const key = newKey();
    await world.signIn(key, { handle: `is-${status}` });
    world.auth.actors.set(`user:is-${status}`, { actor_id: `user:is-${status}`, username: `is-${status}`, status });
    world.clock.ms += 61_000;
    expect(codes(await world.signIn(key))).toEqual([403, 'account_disabled']);
  });

  it('refuses a key that has expired', async () => {
    const key = newKey();
    await world.signIn(key, { handle: 'expires' });
    const soon = new Date(Date.now() + world.clock.ms + 60_000).toISOString();
    await world.sql('UPDATE identity.auth_keys SET expires_at = $2::timestamptz WHERE fingerprint = $1', [
      ...[key.fingerprint, soon],
    ]);
    expect((await world.signIn(key)).status).toBe(200);
    world.clock.ms += 60_001;
    expect(codes(await world.signIn(key))).toEqual([401, 'key_expired']);
  });

  it('answers 503 while auth is away, uses up the challenge, and goes on with a new one', async () => {
    const key = newKey();
    const body = { ...answerTo(await world.challenge(key), key), handle: 'patient' };
    world.auth.down = true;
    const refused = await world.call('POST', '/api/auth/verify', { body });
    world.auth.down = false;
    expect([...codes(refused), refused.headers.get('retry-after')]).toEqual([503, 'dependency_unavailable', '2']);
    expect(codes(await world.call('POST', '/api/auth/verify', { body }))).toEqual([400, 'challenge_invalid']);
    expect((await world.signIn(key, { handle: 'patient' })).status).toBe(200);
  });

  it('shows the key itself to nobody, and logs neither it nor a token', async () => {
    const key = newKey();
    const proof = await world.proof(key);
    const made = await world.call('POST', '/api/auth/verify', { body: { ...proof, handle: 'discreet' } });
    const listed = await world.call('GET', '/api/auth/keys/discreet', { as: signedBy(made.body) });
    const raw = Buffer.from(key.publicKeyB64, 'base64');
    const said = JSON.stringify([made.body, listed.body]);
    for (const form of ['base64', 'base64url', 'hex'] as const) expect(said).not.toContain(raw.toString(form));
    const shown = key.fingerprint.slice(0, 23);
    await eventually(() => logs.text().includes(`"${shown}"`));
    const secrets = [key.publicKeyB64, proof['challenge_token'], proof['signature_b64'], key.fingerprint];
    for (const secret of secrets) expect(logs.text()).not.toContain(secret);
  });
});
