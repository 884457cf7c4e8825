import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestActor } from '@artdag/testing';
import { answerTo, newKey, signedBy, startKeyWorld, type KeyWorld, type TestKey } from './keys.testing.ts';

let world: KeyWorld;
let from: string;
let tests = 0;

beforeAll(async () => {
  world = await startKeyWorld();
});
afterAll(async () => {
  await world?.stop();
});
beforeEach(() => {
  tests += 1;
  from = `203.0.113.${tests}`;
});

const add = async (as: TestActor | undefined, key: TestKey, body: object = {}, replica: 0 | 1 = 0) => {
  const whole = { ...(await world.proof(key, { from })), ...body };
  return await world.call('POST', '/api/auth/keys', {
    body: whole,
    from,
    replica,
    ...(as === undefined ? {} : { as }),
  });
};
const codes = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];
/** Somebody who signed in by a key. */
const member = async (handle: string, key = newKey()) => {
  const { body } = await world.signIn(key, { handle }, { from });
  return { key, body, as: signedBy(body) };
};
/** Somebody who registered by a password, logged in so long ago. */
const session = (handle: string, secondsAgo: number): TestActor => {
  const actor_id = `user:${handle}`;
  const sid = `ses_${handle}`;
  if (!world.auth.actors.has(actor_id)) {
    world.auth.actors.set(actor_id, { actor_id, username: handle, status: 'active', display_name: 'P.' });
  }
  const started_at = new Date(Date.now() + world.clock.ms - secondsAgo * 1000).toISOString();
  world.auth.sessions.set(sid, { actor_id, started_at });
  return { actor_id, username: handle, sid, method: 'bearer', token_use: 'session' };
};
const keysOf = async (handle: string) =>
  await world.sql(
    `SELECT k.fingerprint FROM identity.auth_keys k JOIN identity.identities i ON i.id = k.identity_id WHERE i.handle = $1`,
    [handle],
  );

describe('POST /api/auth/keys, signed by a key', () => {
  it('adds another one, which then signs in to the same identity', async () => {
    const { body, as } = await member('rotator');
    const next = newKey();
    const added = await add(as, next, { label: 'phone' });
    expect([added.status, added.body]).toMatchObject([201, { fingerprint: next.fingerprint, label: 'phone' }]);
    expect(added.body).toMatchObject({ last_used_at: null, revoked_at: null });
    const signedIn = await world.signIn(next, {}, { from });
    expect(signedIn.body).toMatchObject({ identity_id: body.identity_id, key: { key_id: added.body.key_id } });
  });

  it('wants both proofs', async () => {
    const { key, as } = await member('two-proofs');
    const next = newKey();
    expect((await add(undefined, next)).status).toBe(401);
    const forOld = await world.challenge(key, { from });
    const body = answerTo(forOld, next);
    const post = async (wrong: object) => codes(await world.call('POST', '/api/auth/keys', { body: wrong, as, from }));
    expect(await post(body)).toEqual([401, 'fingerprint_mismatch']);
    expect(await post(answerTo(forOld, key))).toEqual([400, 'challenge_invalid']);
    const proof = await world.proof(next, { from });
    const byOld = answerTo(String(proof['challenge_token']), key);
    expect(await post({ ...proof, signature_b64: byOld['signature_b64'] })).toEqual([401, 'bad_signature']);
    expect(await post({ label: 'no proof' })).toEqual([422, 'validation_error']);
    expect(await keysOf('two-proofs')).toHaveLength(1);
  });

  it('takes no key that anybody has or had', async () => {
    const [one, other] = [await member('has-it'), await member('wants-it')];
    expect(codes(await add(other.as, one.key))).toEqual([409, 'key_already_registered']);
    expect(codes(await add(one.as, one.key))).toEqual([409, 'key_already_registered']);
    await world.call('DELETE', `/api/auth/keys/has-it/${one.body.key.key_id}`, { as: one.as });
    expect(codes(await add(other.as, one.key))).toEqual([409, 'key_already_registered']);
  });

  it('gives one new key that two add at once to one of them', async () => {
    const [one, other] = [await member('racer-one'), await member('racer-two')];
    const key = newKey();
    const answers = await Promise.all([add(one.as, key), add(other.as, key, {}, 1)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  });

  it('stops at ten live keys, however many come at once; a revoked one makes room', async () => {
    const { as } = await member('collector');
    const answers = await Promise.all(Array.from({ length: 14 }, (_, n) => add(as, newKey(), {}, n % 2 ? 1 : 0)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(9);
    expect(answers.filter(({ body }) => body.code === 'too_many_keys')).toHaveLength(5);
    const some = answers.find(({ status }) => status === 201)?.body.key_id;
    expect((await world.call('DELETE', `/api/auth/keys/collector/${some}`, { as })).status).toBe(204);
    expect((await add(as, newKey())).status).toBe(201);
  });

  it('adds nothing for a key that was revoked behind the gateway', async () => {
    const { body, as } = await member('was-robbed');
    await world.call('DELETE', `/api/auth/keys/was-robbed/${body.key.key_id}`, { as });
    const answer = await add(as, newKey());
    expect([...codes(answer), answer.headers.get('www-authenticate')]).toEqual([
      ...[401, 'key_revoked', 'MSign realm="musehub"'],
    ]);
    expect(await keysOf('was-robbed')).toHaveLength(1);
  });

  it('is nothing for agents, API keys, API tokens, and services', async () => {
    const { as } = await member('with-programs');
    const agent: TestActor = { ...as, actor_type: 'agent', actor_id: 'agent:x' };
    expect(codes(await add(agent, newKey()))).toEqual([403, 'forbidden']);
    const programs: TestActor[] = [
      { ...as, method: 'api_key', token_use: 'api_key', sid: null },
      { ...as, method: 'bearer', token_use: 'api', sid: null },
      { ...as, method: 'bearer', token_use: 'api', sid: 'ses_x' },
    ];
    for (const program of programs) {
      const answer = await add(program, newKey());
      expect([...codes(answer), answer.headers.get('www-authenticate')]).toEqual([
        ...[401, 'msign_required', 'MSign realm="musehub"'],
      ]);
    }
    const body = await world.proof(newKey(), { from });
    const byService = await world.call('POST', '/api/auth/keys', { body, service: 'gateway', from });
    expect(codes(byService)).toEqual([403, 'forbidden']);
    expect(await keysOf('with-programs')).toHaveLength(1);
  });
});

describe('POST /api/auth/keys, in a session', () => {
  it('gives somebody who registered otherwise a first key, and an identity if there is none yet', async () => {
    const key = newKey();
    expect((await add(session('by-password', 60), key)).status).toBe(201);
    const signedIn = await world.signIn(key, { handle: 'else' }, { from });
    expect(signedIn.body).toMatchObject({ actor_id: 'user:by-password', handle: 'by-password', display_name: 'P.' });
  });

  it('wants a login of the last five minutes', async () => {
    expect(codes(await add(session('lazy', 300), newKey()))).toEqual([403, 'recent_login_required']);
    expect((await add(session('lazy', 240), newKey())).status).toBe(201);
    world.auth.sessions.clear();
    const ended: TestActor = { actor_id: 'user:gone', username: 'gone', sid: 'ses_gone', token_use: 'session' };
    expect(codes(await add(ended, newKey()))).toEqual([403, 'recent_login_required']);
    const another = { ...session('somebody', 1), actor_id: 'user:gone', username: 'gone' };
    expect(codes(await add(another, newKey()))).toEqual([403, 'recent_login_required']);
  });

  it('wants a signature instead while the identity has a live key, and serves it when the last one is revoked', async () => {
    const { body, as } = await member('back-again');
    const login = session('back-again', 1);
    const refused = await add(login, newKey());
    expect([...codes(refused), refused.headers.get('www-authenticate')]).toEqual([
      ...[401, 'msign_required', 'MSign realm="musehub"'],
    ]);
    await world.call('DELETE', `/api/auth/keys/back-again/${body.key.key_id}`, { as });
    const key = newKey();
    expect((await add(login, key)).status).toBe(201);
    expect((await world.signIn(key, {}, { from })).body.identity_id).toBe(body.identity_id);
  });

  it('adds one key when two come at once', async () => {
    const login = session('hasty', 1);
    const answers = await Promise.all([add(login, newKey()), add(login, newKey(), {}, 1)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 401]);
    expect(await keysOf('hasty')).toHaveLength(1);
  });

  it('adds nothing for a disabled account, or while auth is away', async () => {
    const login = session('is-off', 1);
    world.auth.actors.set('user:is-off', { actor_id: 'user:is-off', username: 'is-off', status: 'disabled' });
    expect(codes(await add(login, newKey()))).toEqual([403, 'account_disabled']);
    const body = await world.proof(newKey(), { from });
    world.auth.down = true;
    const answer = await world.call('POST', '/api/auth/keys', { body, as: session('waits', 1), from });
    world.auth.down = false;
    expect(codes(answer)).toEqual([503, 'dependency_unavailable']);
    // Nothing was looked at, so the challenge is good still.
    const again = await world.call('POST', '/api/auth/keys', { body, as: session('waits', 1), from });
    expect(again.status).toBe(201);
  });
});
