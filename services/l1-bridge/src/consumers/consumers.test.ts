import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { firstIdAt, newId } from '@artdag/service-kit';
import { eventually } from '@artdag/testing';
import { loggedOut, newPerson, revoked, startTelling, type TellingKit } from '../revocations/telling-kit.testing.ts';

let kit: TellingKit;
beforeAll(async () => {
  kit = await startTelling();
});
beforeEach(() => kit.rows('WITH a AS (DELETE FROM l1_revocations) DELETE FROM user_renderers'));
afterAll(() => kit.close());

const left = async () =>
  (await kit.rows('SELECT username, l1_url FROM user_renderers ORDER BY 1, 2')).map((row) => row);
const calls = () => kit.rows('SELECT l1_url, jti, reason FROM l1_revocations ORDER BY jti');

describe('user-logged-out', () => {
  it("takes the user's attachments, and nobody else's, and has each L1 told", async () => {
    const [alice, bob] = [newPerson('alice'), newPerson('bob')];
    const [one, two] = [await kit.l1(), await kit.l1()];
    const tokens = [await kit.attach(alice, one.url), await kit.attach(alice, two.url)];
    await kit.attach(bob, one.url);
    await kit.publish(loggedOut(alice, tokens));
    expect(await left()).toEqual([{ username: 'bob', l1_url: one.url }]);
    await eventually(() => expect([one.received, two.received].map(({ length }) => length)).toEqual([1, 1]));
    const detached = await kit.rows(
      `SELECT payload::jsonb -> 'data' -> 'l1_url' AS l1 FROM outbox WHERE type = 'renderer-detached' AND payload::jsonb ->> 'actor_id' = $1`,
      [alice.actorId],
    );
    expect(detached.map(({ l1 }) => l1).toSorted()).toEqual([one.url, two.url].toSorted());
  });

  it('tells L1s once, however often it comes, under the same id and under another', async () => {
    const alice = newPerson('alice');
    const l1 = await kit.l1();
    const tokens = [await kit.attach(alice, l1.url)];
    const event = loggedOut(alice, tokens);
    await kit.publish(event, event, loggedOut(alice, tokens));
    await kit.publish(event);
    await eventually(async () =>
      expect(await kit.rows(`SELECT 1 FROM l1_revocations WHERE state = 'done'`)).toHaveLength(1),
    );
    expect(l1.received).toHaveLength(1);
  });

  it.each([true, false])('that comes late (all: %s) leaves an attachment that was renewed since', async (all) => {
    const alice = newPerson('alice');
    const [renewed, old] = [await kit.l1(), await kit.l1()];
    const tokens = [await kit.attach(alice, renewed.url), await kit.attach(alice, old.url)];
    const event = loggedOut(alice, tokens, { all, at: new Date(Date.now() - 5_000) });
    await kit.attach(alice, renewed.url);
    await kit.publish(event);
    expect(await left()).toEqual([{ username: 'alice', l1_url: renewed.url }]);
    expect((await calls()).map(({ jti }) => jti).toSorted()).toEqual(tokens.map(({ jti }) => jti).toSorted());
  });

  it('takes attachments whose token had died before, of which the event does not speak', async () => {
    const alice = newPerson('alice');
    const l1 = await kit.l1();
    await kit.attach(alice, l1.url);
    const jti = firstIdAt('tok', new Date(Date.now() - 40 * 24 * 3_600_000));
    await kit.rows('UPDATE user_renderers SET jti = $1', [jti]);
    await kit.publish(loggedOut(alice, []));
    expect(await left()).toEqual([]);
    expect(await calls()).toEqual([{ l1_url: l1.url, jti, reason: 'logout' }]);
  });

  it('tells L1s that hold a token although there is no attachment, and an attachment that comes after that goes', async () => {
    const alice = newPerson('alice');
    const l1 = await kit.l1();
    const token = { l1_server: l1.url, jti: firstIdAt('tok', new Date()), token_hash: 'ef'.repeat(32) };
    await kit.publish(loggedOut(alice, [token]));
    await kit.attach(alice, l1.url);
    await kit.rows('UPDATE user_renderers SET jti = $1', [token.jti]);
    await eventually(async () => expect(await left()).toEqual([]));
    expect(await calls()).toHaveLength(1);
  });

  it('of somebody who has attached ten thousands of times takes no lock for each', async () => {
    const alice = newPerson('alice');
    const tokens = Array.from({ length: 30_000 }, () => ({
      ...{ l1_server: 'https://l1.example', jti: newId('tok'), token_hash: 'ab'.repeat(32) },
    }));
    await kit.publish(loggedOut(alice, tokens));
    expect(await kit.rows('SELECT count(*)::int AS calls FROM l1_revocations')).toEqual([{ calls: 30_000 }]);
  });

  it('of two people at once, both sessions of one at once, all L1s the same, is no deadlock', async () => {
    const people = Array.from({ length: 10 }, (_, i) => newPerson(`p${i}`));
    const l1s = [await kit.l1(), await kit.l1(), await kit.l1()];
    const events = [];
    for (const person of people) {
      const tokens = [];
      for (const l1 of l1s) tokens.push(await kit.attach(person, l1.url));
      events.push(loggedOut(person, tokens), loggedOut(person, tokens.toReversed()));
    }
    await kit.publish(...events);
    expect(await left()).toEqual([]);
    await eventually(() => expect(l1s.map(({ received }) => received.length)).toEqual([10, 10, 10]));
  });
});

describe('an attachment whose token has run out', () => {
  it('goes with an event, and is nothing to tell the L1', async () => {
    const [alice, bob] = [newPerson('alice'), newPerson('bob')];
    const l1 = await kit.l1();
    await kit.attach(alice, l1.url);
    await kit.attach(bob, l1.url);
    await kit.rows(
      `UPDATE user_renderers SET expires_at = now() + CASE username WHEN 'bob' THEN interval '1 hour' ELSE '-1 second' END`,
    );
    await eventually(async () => expect(await left()).toEqual([{ username: 'bob', l1_url: l1.url }]));
    expect(await calls()).toEqual([]);
    const detached = await kit.rows(
      `SELECT payload::jsonb -> 'data' ->> 'reason' AS reason FROM outbox WHERE payload::jsonb ->> 'actor_id' = $1`,
      [alice.actorId],
    );
    expect(detached).toEqual([{ reason: 'expired' }]);
  });
});

describe('token-revoked', () => {
  it('takes the one attachment that the token made, and has its L1 told', async () => {
    const alice = newPerson('alice');
    const [one, two] = [await kit.l1(), await kit.l1()];
    const token = await kit.attach(alice, one.url);
    await kit.attach(alice, two.url);
    await kit.publish(revoked(token), loggedOut(newPerson('alice2'), []));
    expect(await left()).toEqual([{ username: 'alice', l1_url: two.url }]);
    await eventually(() => expect(one.received.map(({ json }) => json['jti'])).toEqual([token.jti]));
    expect(two.received).toEqual([]);
  });

  it('of an API token, or of one that was replaced, takes nothing', async () => {
    const alice = newPerson('alice');
    const l1 = await kit.l1();
    const former = await kit.attach(alice, l1.url);
    await kit.attach(alice, l1.url);
    const apiToken = { l1_server: '', jti: firstIdAt('tok', new Date()), token_hash: 'aa'.repeat(32) };
    await kit.publish(revoked(former), revoked(apiToken));
    expect(await left()).toHaveLength(1);
    expect(await calls()).toEqual([]);
  });
});
