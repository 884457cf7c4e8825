import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allScopes } from '@artdag/actor-context';
import { eventually, type TestActor } from '@artdag/testing';
import { newKey, signedBy, startKeyWorld, type KeyWorld, type TestKey } from '../public-keys/keys.testing.ts';

let world: KeyWorld;

beforeAll(async () => {
  world = await startKeyWorld();
});
afterAll(async () => {
  await world?.stop();
});

const codes = ({ status, body }: { status: number; body: { code?: string } }) => [status, body?.code];

async function somebody(handle: string): Promise<TestActor> {
  return { ...signedBy((await world.signIn(newKey(), { handle })).body), scopes: [...allScopes] };
}

async function provision(owner: TestActor, handle: string, more: object = {}, key: TestKey = newKey()) {
  const body = { handle, capabilities: ['read:*'], ...(await world.proof(key)), ...more };
  const answer = await world.call('POST', '/api/identities/agent', { body, as: owner });
  expect(answer.status).toBe(201);
  return { ...answer.body, key };
}

const end = (handle: string, as: TestActor, replica: 0 | 1 = 0) =>
  world.call('DELETE', `/api/identities/agent/${handle}`, { as, replica });
const list = async (as: TestActor, query = '') =>
  (await world.call('GET', `/api/identities/agent${query}`, { as })).body;
const rowOf = async (handle: string) =>
  (
    await world.sql(
      `SELECT i.deleted_at, i.end_reason, i.end_confirmed_at, k.revoked_at, k.revocation_confirmed_at
       FROM identity.identities i JOIN identity.auth_keys k ON k.identity_id = i.id WHERE i.handle = $1`,
      [handle],
    )
  )[0];
const eventsOf = async (actorId: string): Promise<string[]> => {
  const sql = `SELECT type FROM identity.outbox WHERE payload::jsonb ->> 'actor_id' = $1 ORDER BY type`;
  return (await world.sql(sql, [actorId])).map(({ type }) => String(type));
};
const isDate = expect.any(Date);

describe('DELETE /api/identities/agent/{handle}', () => {
  it('ends the agent, its key and all that auth has of it, when it answers', async () => {
    const owner = await somebody('ender');
    const { key, identity } = await provision(owner, 'to-be-ended');
    expect((await end('To-Be-Ended', owner)).status).toBe(204);
    expect(world.auth.actors.get(identity.actor_id)).toMatchObject({ status: 'deleted' });
    expect(world.auth.revoked.has(identity.actor_id)).toBe(true);
    expect(await rowOf('to-be-ended')).toEqual({
      ...{ deleted_at: isDate, end_reason: 'revoked_by_owner', end_confirmed_at: isDate },
      ...{ revoked_at: isDate, revocation_confirmed_at: isDate },
    });
    expect(await eventsOf(identity.actor_id)).toEqual(['agent-created', 'agent-revoked', 'key-added', 'key-revoked']);
    expect((await world.call('GET', '/api/identities/to-be-ended', { replica: 1 })).status).toBe(404);
    expect(codes(await world.signIn(key, {}, { replica: 1 }))).toEqual([403, 'key_revoked']);
    const change = { body: { bio: 'x' }, as: owner };
    expect((await world.call('PATCH', '/api/identities/to-be-ended', change)).status).toBe(404);
  });

  it('may be repeated, also by two at once, and ends it once', async () => {
    const owner = await somebody('twice-ender');
    const { identity } = await provision(owner, 'ended-twice');
    const answers = await Promise.all([end('ended-twice', owner), end('ended-twice', owner, 1)]);
    expect([...answers.map(({ status }) => status), (await end('ended-twice', owner)).status]).toEqual([204, 204, 204]);
    expect(await eventsOf(identity.actor_id)).toEqual(['agent-created', 'agent-revoked', 'key-added', 'key-revoked']);
  });

  it('is forbidden for whatever is not an agent of the caller’s, alike', async () => {
    const [owner, other] = [await somebody('has-agent'), await somebody('has-none')];
    await provision(owner, 'not-yours');
    for (const handle of ['not-yours', 'not-there', 'has-none', 'has-agent', '%00', "x'%3B--"]) {
      expect([handle, ...codes(await end(handle, other))]).toEqual([handle, 403, 'forbidden']);
    }
    expect((await end('has-agent', owner)).status).toBe(403);
  });

  it('says 503 when auth is away, ends the agent here at once, and completes it later', async () => {
    const owner = await somebody('away-ender');
    const { key, identity } = await provision(owner, 'ended-away');
    world.auth.down = true;
    expect(codes(await end('ended-away', owner))).toEqual([503, 'dependency_unavailable']);
    world.auth.down = false;
    expect(await rowOf('ended-away')).toMatchObject({ deleted_at: isDate, end_confirmed_at: null, revoked_at: isDate });
    expect(codes(await world.signIn(key))).toEqual([403, 'key_revoked']);
    expect((await end('ended-away', owner)).status).toBe(204);
    expect(world.auth.actors.get(identity.actor_id)).toMatchObject({ status: 'deleted' });
    expect(await rowOf('ended-away')).toMatchObject({ end_confirmed_at: isDate });
  });

  it('is also what DELETE /api/identities/{handle} does', async () => {
    const owner = await somebody('by-identity');
    await provision(owner, 'deleted-too');
    const remove = () => world.call('DELETE', '/api/identities/deleted-too', { as: owner });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 204]);
    expect(await rowOf('deleted-too')).toMatchObject({ end_reason: 'revoked_by_owner', end_confirmed_at: isDate });
  });
});

describe('GET /api/identities/agent', () => {
  it('lists one’s own, live and ended, the newest first, page by page', async () => {
    const owner = await somebody('lister');
    for (const handle of ['listed-1', 'listed-2', 'listed-3']) await provision(owner, handle);
    await provision(await somebody('other-lister'), 'not-listed');
    await end('listed-2', owner);
    const whole = await list(owner);
    expect([whole.total, whole.page, whole.per_page]).toEqual([3, 1, 20]);
    expect(whole.identities.map((agent: { handle: string; status: string }) => [agent.handle, agent.status])).toEqual([
      ['listed-3', 'live'],
      ['listed-2', 'ended'],
      ['listed-1', 'live'],
    ]);
    expect(whole.identities[1]).toMatchObject({ ended_at: expect.any(String), end_reason: 'revoked_by_owner' });
    const page = await list(owner, '?page=2&per_page=2');
    expect(page.identities.map(({ handle }: { handle: string }) => handle)).toEqual(['listed-1']);
    const program = { ...owner, method: 'api_key', token_use: 'api_key', sid: null };
    expect((await list(program)).total).toBe(3);
  });
});

describe('an agent whose time is over', () => {
  it('is shown to nobody but its owner, as ended, before the sweeper comes and after', async () => {
    const owner = await somebody('short-lived');
    const { identity, key } = await provision(owner, 'mayfly', { ttl_seconds: 60 });
    world.clock.ms += 61_000;
    expect((await world.call('GET', '/api/identities/mayfly')).status).toBe(404);
    expect((await list(owner)).identities[0]).toMatchObject({ status: 'ended', end_reason: 'expired' });
    const { body } = await world.call('GET', '/api/identities?identity_type=agent&per_page=100');
    expect(body.identities.map(({ handle }: { handle: string }) => handle)).not.toContain('mayfly');
    expect((await world.signIn(key)).status).toBeGreaterThanOrEqual(401);
    await eventually(async () => (await rowOf('mayfly'))?.['end_confirmed_at'] !== null);
    expect(world.auth.actors.get(identity.actor_id)).toMatchObject({ status: 'deleted' });
  });
});
