import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allScopes } from '@artdag/actor-context';
import type { TestActor } from '@artdag/testing';
import { newKey, signedBy, startKeyWorld, type KeyWorld } from '../public-keys/keys.testing.ts';

let world: KeyWorld;

beforeAll(async () => {
  world = await startKeyWorld();
});
afterAll(async () => {
  await world?.stop();
});

const codes = ({ status, body }: { status: number; body: { code?: string } }) => [status, body?.code];

async function somebody(handle: string) {
  const key = newKey();
  const as: TestActor = { ...signedBy((await world.signIn(key, { handle })).body), scopes: [...allScopes] };
  return { key, as, actorId: String(as.actor_id) };
}

const remove = (handle: string, as: TestActor) => world.call('DELETE', `/api/identities/${handle}`, { as });
const rowsOf = async (handle: string) =>
  await world.sql(
    `SELECT display_name, bio, email, end_reason, deleted_at IS NOT NULL AS deleted, end_confirmed_at IS NOT NULL AS confirmed
     FROM identity.identities WHERE handle = $1`,
    [handle],
  );

describe('DELETE /api/identities/{handle} of a person', () => {
  it('ends the account in auth, its keys and its agents, and says nothing of the person any more', async () => {
    const { key, as, actorId } = await somebody('leaver');
    const agentKey = newKey();
    const body = { handle: 'leavers-agent', capabilities: [], ...(await world.proof(agentKey)) };
    expect((await world.call('POST', '/api/identities/agent', { body, as })).status).toBe(201);
    const texts = { display_name: 'Jane Doe', bio: 'It is me', email: 'jane@example.org' };
    await world.call('PATCH', '/api/identities/leaver', { body: texts, as });
    expect((await remove('Leaver', as)).status).toBe(204);
    expect(world.auth.actors.get(actorId)).toMatchObject({ status: 'deleted' });
    expect(await rowsOf('leaver')).toEqual([
      {
        ...{ display_name: 'Deleted account', bio: null, email: null, end_reason: 'deleted_by_owner' },
        ...{ deleted: true, confirmed: true },
      },
    ]);
    expect(await rowsOf('leavers-agent')).toMatchObject([{ deleted: true, end_reason: 'owner_deleted' }]);
    for (const handle of ['leaver', 'leavers-agent']) {
      expect((await world.call('GET', `/api/identities/${handle}`, { replica: 1 })).status).toBe(404);
    }
    expect(codes(await world.signIn(key))).toEqual([403, 'key_revoked']);
    expect(codes(await world.signIn(agentKey, {}, { from: '192.0.2.2' }))).toEqual([403, 'key_revoked']);
    const types = `SELECT type, payload::jsonb ->> 'actor_id' AS actor FROM identity.outbox
      WHERE type IN ('key-revoked', 'agent-revoked') ORDER BY type, actor`;
    expect(await world.sql(types)).toEqual([
      { type: 'agent-revoked', actor: 'agent:leavers-agent' },
      { type: 'key-revoked', actor: 'agent:leavers-agent' },
      { type: 'key-revoked', actor: 'user:leaver' },
    ]);
    expect(codes(await world.signIn(newKey(), { handle: 'leaver' }, { from: '192.0.2.3' }))).toEqual([
      409,
      'handle_taken',
    ]);
  });

  it('takes a login of the last five minutes, one’s own', async () => {
    const { as, actorId } = await somebody('by-session');
    const session: TestActor = { actor_id: actorId, username: 'by-session', sid: 'ses_old', jti: 'tok' };
    const started = (ageMs: number) => new Date(Date.now() + world.clock.ms - ageMs).toISOString();
    for (const sessions of [
      null,
      { actor_id: actorId, started_at: started(301_000) },
      { actor_id: 'user:somebody-else', started_at: started(1000) },
    ]) {
      if (sessions !== null) world.auth.sessions.set('ses_old', sessions);
      expect(codes(await remove('by-session', session))).toEqual([403, 'recent_login_required']);
    }
    expect((await world.call('GET', '/api/identities/by-session')).status).toBe(200);
    world.auth.sessions.set('ses_old', { actor_id: actorId, started_at: started(240_000) });
    expect((await remove('by-session', session)).status).toBe(204);
    expect(as.username).toBe('by-session');
  });

  it('is forbidden for others, whether or not they exist', async () => {
    const [one, other] = [await somebody('stays-1'), await somebody('stays-2')];
    for (const handle of ['stays-2', 'not-there', '%00']) {
      expect([handle, ...codes(await remove(handle, one.as))]).toEqual([handle, 403, 'forbidden']);
    }
    expect(world.auth.actors.get(other.actorId)).toMatchObject({ status: 'active' });
  });

  it('changes nothing when auth is away', async () => {
    const { as } = await somebody('stays-for-now');
    world.auth.down = true;
    expect(codes(await remove('stays-for-now', as))).toEqual([503, 'dependency_unavailable']);
    world.auth.down = false;
    expect((await world.call('GET', '/api/identities/stays-for-now')).status).toBe(200);
    expect((await remove('stays-for-now', as)).status).toBe(204);
  });
});
