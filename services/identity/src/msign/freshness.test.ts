import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMemoryStore } from '@artdag/key-value';
import { eventually } from '@artdag/testing';
import type { RunningIdentity } from '../start-identity.testing.ts';
import { signedRequest, startWorld, type MSignWorld, type TestKey } from './msign.testing.ts';

const clock = { now: new Date() };
const start = clock.now.getTime();
let world: MSignWorld;
let identity: RunningIdentity;
let key: TestKey;

beforeEach(async () => {
  clock.now = new Date(start);
  world = await startWorld(clock);
  await world.addHuman('gabriel', { roles: ['member'] });
  key = await world.addKey('gabriel');
  identity = await world.replica();
});
afterEach(() => world.close());

const ask = async (on: RunningIdentity, handle: string, by: TestKey) => {
  const ts = Math.floor(clock.now.getTime() / 1000);
  const [result] = await world.results(on, signedRequest({ handle, key: by, ts }));
  return result;
};
const code = async (on: RunningIdentity, handle: string, by: TestKey): Promise<unknown> => {
  const result = await ask(on, handle, by);
  return result.ok === true ? 'ok' : result.code;
};
const say = (cache: string, name: string) =>
  world.store.publish('cache:invalidate', JSON.stringify({ cache, key: name }));
const pass = (ms: number): void => void (clock.now = new Date(clock.now.getTime() + ms));

describe('key lists', () => {
  it('follow a message of another replica at once: a key that was added, one that was revoked', async () => {
    expect(await code(identity, 'gabriel', key)).toBe('ok');
    const added = await world.addKey('gabriel');
    expect(await code(identity, 'gabriel', added)).toBe('bad_signature');
    await world.revoke(key);
    expect(await code(identity, 'gabriel', key)).toBe('ok');
    await say('msign/keys', 'gabriel');
    await eventually(async () => expect(await code(identity, 'gabriel', added)).toBe('ok'));
    expect(await code(identity, 'gabriel', key)).toBe('key_revoked');
  });

  it('are read anew after half a minute without any message, those of unknown handles after 2 s', async () => {
    const deaf = await world.replica({ store: createMemoryStore() });
    expect(await code(deaf, 'gabriel', key)).toBe('ok');
    expect(await code(deaf, 'raphael', key)).toBe('bad_signature');
    await world.revoke(key);
    await world.addHuman('raphael');
    const added = await world.addKey('raphael');
    pass(1999);
    expect(await code(deaf, 'raphael', added)).toBe('bad_signature');
    pass(1);
    expect(await code(deaf, 'raphael', added)).toBe('ok');
    pass(27_999);
    expect(await code(deaf, 'gabriel', key)).toBe('ok');
    pass(1);
    expect(await code(deaf, 'gabriel', key)).toBe('key_revoked');
  });

  it('are all dropped when messages may have been missed', async () => {
    const store = createMemoryStore();
    let gap = (): void => undefined;
    const subscribe: typeof store.subscribe = (channel, onMessage, onGap) => {
      if (channel === 'cache:invalidate') gap = onGap;
      return store.subscribe(channel, onMessage, onGap);
    };
    const replica = await world.replica({ store: { ...store, subscribe } });
    expect(await code(replica, 'gabriel', key)).toBe('ok');
    await world.revoke(key);
    world.auth.actors.set('user:gabriel', { actor_id: 'user:gabriel', username: 'gabriel', status: 'disabled' });
    const second = await world.addKey('gabriel');
    gap();
    expect(await code(replica, 'gabriel', key)).toBe('key_revoked');
    expect(await code(replica, 'gabriel', second)).toBe('account_disabled');
    await replica.stop();
    await store.close();
  });

  it('do not mind what others say on the channel', async () => {
    expect(await code(identity, 'gabriel', key)).toBe('ok');
    const foreign = ['{"kind":"actor-keys","actor_id":"user:gabriel"}', 'x', '7', 'null', '{"cache":1,"key":[]}', ''];
    for (const text of foreign) await world.store.publish('cache:invalidate', text);
    await say('token-keys', '*');
    await world.revoke(key);
    expect(await code(identity, 'gabriel', key)).toBe('ok');
  });
});

describe('actors', () => {
  const change = (id: string, to: object): void => {
    world.auth.actors.set(id, { ...world.auth.actors.get(id), ...to });
  };

  it('have another caller text once their roles have changed, and the same one on every replica until then', async () => {
    const before = await ask(identity, 'gabriel', key);
    expect(await ask(await world.replica(), 'gabriel', key)).toEqual(before);
    change('user:gabriel', { roles: ['member', 'moderator'] });
    expect(await ask(identity, 'gabriel', key)).toEqual(before);
    await say('actor', 'user:gabriel');
    const after = await eventually(async () => {
      const result = await ask(identity, 'gabriel', key);
      return result.caller !== before.caller && result;
    });
    expect(after.assertion.actor.roles).toEqual(['member', 'moderator']);
    change('user:gabriel', { roles: ['member'] });
    await say('actor', 'user:gabriel');
    await eventually(async () => expect(await ask(identity, 'gabriel', key)).toEqual(before));
  });

  it('that are disabled, deleted or unknown to auth are refused; with auth away nobody can say', async () => {
    for (const status of ['disabled', 'deleted']) {
      change('user:gabriel', { status });
      await say('actor', 'user:gabriel');
      await eventually(async () => expect(await code(identity, 'gabriel', key)).toBe('account_disabled'));
      expect(await ask(identity, 'gabriel', key)).toEqual({ ok: false, code: 'account_disabled' });
    }
    world.auth.actors.delete('user:gabriel');
    pass(61_000);
    expect(await code(identity, 'gabriel', key)).toBe('account_disabled');
    world.auth.down = true;
    pass(61_000);
    const ts = Math.floor(clock.now.getTime() / 1000);
    const stranger = await world.addKey('gabriel');
    const request = signedRequest({ handle: 'gabriel', key, ts });
    const forged = { ...signedRequest({ handle: 'gabriel', key: stranger, ts }), target: '/other' };
    expect((await world.verify(identity, [request])).status).toBe(503);
    expect((await world.results(identity, request, forged)).map((result) => result.code)).toEqual([
      'unavailable',
      'bad_signature',
    ]);
  });
});

describe('agents', () => {
  const soon = (): Date => new Date(start + 20_000);

  it('act with what they were given, under ids that include their owner', async () => {
    await world.addAgent('scribe', 'user:gabriel', soon());
    const mine = await world.addKey('scribe');
    expect(await ask(identity, 'scribe', mine)).toMatchObject({
      ids: [mine.id, 'agent:scribe', 'user:gabriel'],
      assertion: {
        actor: { actor_id: 'agent:scribe', actor_type: 'agent', roles: ['agent'] },
        scopes: ['read:*', 'assets:create'],
      },
    });
  });

  it('are refused from the very second at which their time is over, also when they have been ended for it', async () => {
    await world.addAgent('scribe', 'user:gabriel', soon());
    const mine = await world.addKey('scribe');
    pass(19_999);
    expect(await code(identity, 'scribe', mine)).toBe('ok');
    pass(1);
    expect(await code(identity, 'scribe', mine)).toBe('key_expired');
    await eventually(async () => {
      const [row] = await world.sql(`SELECT end_reason FROM identities WHERE handle = 'scribe'`);
      expect(row).toEqual({ end_reason: 'expired' });
    });
    expect(await code(await world.replica(), 'scribe', mine)).toBe('key_expired');
  });

  it('are refused once they have ended, and once their owner may not act', async () => {
    await world.addAgent('scribe', 'user:gabriel', soon());
    const mine = await world.addKey('scribe');
    expect(await code(identity, 'scribe', mine)).toBe('ok');
    world.auth.actors.set('user:gabriel', { actor_id: 'user:gabriel', username: 'gabriel', status: 'disabled' });
    await say('actor', 'user:gabriel');
    await eventually(async () => expect(await code(identity, 'scribe', mine)).toBe('account_disabled'));
    await world.sql(`UPDATE identities SET deleted_at = now(), end_reason = 'run_over' WHERE handle = 'scribe'`);
    await say('msign/keys', 'scribe');
    await eventually(async () => expect(await code(identity, 'scribe', mine)).toBe('key_revoked'));
  });
});
