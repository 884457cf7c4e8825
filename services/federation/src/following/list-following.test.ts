import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { newSuffix } from '@artdag/service-kit';
import { createTestDatabase, makeAssertionKit, quietLogger, startFakeAuth } from '@artdag/testing';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import { callAs, getAs, type Person } from '../testing/people.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });
const assertions = makeAssertionKit('federation');
const newUser = () => kit.federation.addUser(`u${newSuffix().slice(-12)}`);
const follow = (who: Person, target: string) => callAs(assertions, who, '/follow', { target });

describe('GET /following', () => {
  const list = (who: Person, query = '') => getAs(assertions, who, `/following${query}`);

  it('shows whom one follows, also who has not answered or has refused, newest first, and nobody else’s', async () => {
    const [user, other, peer] = [await newUser(), await newUser(), await kit.startPeer()];
    expect((await list(user)).json()).toEqual({ following: [], total: 0, limit: 50, offset: 0, next: null });
    const handle = `alice@${new URL(peer.url).host}`;
    await follow(user, `@${handle}`);
    await follow(user, peer.actorUrl('bob'));
    await kit.sql("UPDATE following SET state = 'rejected' WHERE target_ap_id = $1", [peer.actorUrl('bob')]);
    await follow(user, other.apId);
    const ours = `${other.apId.split('/').at(-1)}@${new URL(other.apId).host}`;
    const rows = [
      { target: other.apId, handle: ours, state: 'accepted' },
      { target: peer.actorUrl('bob'), handle: null, state: 'rejected' },
      { target: peer.actorUrl('alice'), handle, state: 'requested' },
    ];
    expect((await list(user)).json()['following']).toEqual(rows);
    expect((await list(user, '?limit=2')).json()).toMatchObject({ total: 3, next: '/following?limit=2&offset=2' });
    const { following, next } = (await list(user, '?limit=2&offset=2')).json();
    expect([following, next]).toEqual([[rows[2]], null]);
    expect((await list(other)).json()).toMatchObject({ total: 0 });
  });

  it('finds one by the name under which it was followed, and asks nobody who that is', async () => {
    const [user, other, peer] = [await newUser(), await newUser(), await kit.startPeer()];
    const alice = `alice@${new URL(peer.url).host}`;
    await follow(user, alice);
    await follow(user, other.apId);
    const asked = peer.fetches.length;
    const ours = `${other.apId.split('/').at(-1)}@${new URL(other.apId).host}`;
    for (const [name, target, state] of [
      [`@${alice}`, peer.actorUrl('alice'), 'requested'],
      [peer.actorUrl('alice'), peer.actorUrl('alice'), 'requested'],
      [ours, other.apId, 'accepted'],
    ] as const) {
      const { following, total, next } = (await list(user, `?target=${encodeURIComponent(name)}`)).json();
      expect([following, total, next]).toMatchObject([[{ target, state }], 1, null]);
    }
    expect((await list(user, `?target=nobody@${new URL(peer.url).host}`)).json()).toMatchObject({ following: [] });
    expect(peer.fetches).toHaveLength(asked);
  });

  it.each([
    ['?target=alice', 422, 'target_invalid'],
    ['?target=', 422, 'validation_error'],
    ['?limit=0', 422, 'validation_error'],
    ['?offset=-1', 422, 'validation_error'],
  ])('refuses %s', async (query, status, code) => {
    const refused = await list(await newUser(), query);
    expect([refused.status, refused.json()['code']]).toEqual([status, code]);
  });

  it('needs a credential with its scope', async () => {
    const user = await newUser();
    const answers = [
      await send(`${kit.federation.url}/following`),
      await getAs(assertions, user, '/following', ['read:*']),
    ];
    expect(answers.map((refused) => [refused.status, refused.json()['code']])).toEqual([
      [401, 'unauthorized'],
      [403, 'insufficient_scope'],
    ]);
  });
});
