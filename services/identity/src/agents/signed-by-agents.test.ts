import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allScopes } from '@artdag/actor-context';
import type { TestActor } from '@artdag/testing';
import { signedRequest } from '../msign/msign.testing.ts';
import { newKey, signedBy, startKeyWorld, type KeyWorld, type TestKey } from '../public-keys/keys.testing.ts';

let world: KeyWorld;

beforeAll(async () => {
  world = await startKeyWorld();
});
afterAll(async () => {
  await world?.stop();
});

interface Agent {
  handle: string;
  key: TestKey;
  owner: TestActor;
}

/** Somebody with an agent that may read. */
async function provision(name: string): Promise<Agent> {
  const owner = { ...signedBy((await world.signIn(newKey(), { handle: name })).body), scopes: [...allScopes] };
  const [handle, key] = [`${name}-agent`, newKey()];
  const body = { handle, capabilities: ['read:*'], ttl_seconds: 3600, ...(await world.proof(key)) };
  expect((await world.call('POST', '/api/identities/agent', { body, as: owner })).status).toBe(201);
  return { handle, key, owner };
}

/** What a replica says of a request that the agent has signed. */
async function verified({ handle, key }: Agent, replica: 0 | 1 = 0) {
  const ts = Math.floor((Date.now() + world.clock.ms) / 1000);
  const request = signedRequest({ handle, key: { id: '', ...key }, ts });
  const options = { body: { requests: [request] }, service: 'gateway', replica };
  return (await world.call('POST', '/internal/identity/msign/verify', options)).body.results[0];
}

describe('a request that an agent has signed', () => {
  it('has the capabilities of the agent, and stands and falls with its owner as well', async () => {
    const agent = await provision('able');
    const result = await verified(agent);
    expect(result).toMatchObject({
      ok: true,
      assertion: { actor: { actor_type: 'agent' }, scopes: ['read:*'], method: 'msign', username: 'able-agent' },
    });
    expect(result.ids).toEqual(expect.arrayContaining(['agent:able-agent', agent.owner.actor_id]));
  });

  it('is refused by every replica once the agent was ended', async () => {
    const agent = await provision('ending');
    for (const replica of [0, 1] as const) expect((await verified(agent, replica)).ok).toBe(true);
    const path = `/api/identities/agent/${agent.handle}`;
    expect((await world.call('DELETE', path, { as: agent.owner })).status).toBe(204);
    for (const replica of [0, 1] as const) {
      expect(await verified(agent, replica)).toEqual({ ok: false, code: 'key_revoked' });
    }
  });

  it('is refused by every replica once its owner was deleted', async () => {
    const agent = await provision('leaving');
    for (const replica of [0, 1] as const) expect((await verified(agent, replica)).ok).toBe(true);
    expect((await world.call('DELETE', '/api/identities/leaving', { as: agent.owner })).status).toBe(204);
    // auth refuses the owner from now on, and the owner is among the ids that the gateway asks about.
    expect(world.auth.revoked.has(String(agent.owner.actor_id))).toBe(true);
    world.clock.ms += 31_000;
    for (const replica of [0, 1] as const) expect((await verified(agent, replica)).ok).toBe(false);
  });

  it('is refused once auth has disabled its owner, and the agent can make no other key', async () => {
    const agent = await provision('suspended');
    expect((await verified(agent)).ok).toBe(true);
    const ownerId = String(agent.owner.actor_id);
    world.auth.actors.set(ownerId, { ...world.auth.actors.get(ownerId), status: 'disabled' });
    world.clock.ms += 61_000;
    expect(await verified(agent)).toMatchObject({ ok: false, code: 'account_disabled' });
    expect((await world.signIn(agent.key)).body.code).toBe('account_disabled');
  });

  it('is refused when its time is over', async () => {
    const agent = await provision('timed');
    world.clock.ms += 3601_000;
    expect((await verified(agent)).ok).toBe(false);
  });
});
