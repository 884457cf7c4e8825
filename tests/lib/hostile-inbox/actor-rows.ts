import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { call, newContentHash, registerAsset } from '../api-client.ts';
import type { Stranger } from '../strangers/stranger.ts';
import {
  becomeFollower,
  expectRefused,
  follow,
  followersOf,
  processed,
  tracesOf,
  type HostileSuite,
  type Row,
} from './hostile-suite.ts';

/** Posts as alice to the shared inbox; the status. */
const say = async (suite: HostileSuite, by: Stranger, fields: Record<string, unknown>): Promise<number> =>
  (await by.post('alice', suite.sharedInbox, by.activity('alice', fields))).status;

const refuses = (status: number, odd: (suite: HostileSuite, by: Stranger) => Record<string, unknown>[]) =>
  async function check(suite: HostileSuite): Promise<void> {
    const stranger = await suite.newStranger();
    for (const fields of odd(suite, stranger)) {
      const answer = await stranger.post('alice', suite.inbox, follow(suite, stranger, 'alice', fields));
      await expectRefused(suite, stranger, answer, { status });
    }
  };

async function foreignId(suite: HostileSuite): Promise<void> {
  await refuses(403, (_suite, { url }) => [
    { id: 'https://elsewhere.example/activities/1' },
    { id: `${new URL(url).origin.replace(/\d+$/, '1')}/1` },
    { id: `${suite.url}/activities/1` },
  ])(suite);
  // One id, said by two of one host: each has said it.
  const stranger = await suite.newStranger();
  const id = `${stranger.url}/activities/shared`;
  for (const name of ['alice', 'bob'])
    expect((await stranger.post(name, suite.inbox, follow(suite, stranger, name, { id }))).status).toBe(202);
  await processed(suite, stranger);
  expect(await tracesOf(suite, stranger)).toEqual({ stored: 2, followers: 2, events: 2 });
}

async function sameId(suite: HostileSuite): Promise<void> {
  const stranger = await suite.newStranger();
  const document = follow(suite, stranger);
  const post = async (): Promise<number> => (await stranger.post('alice', suite.inbox, document)).status;
  expect(new Set(await Promise.all(Array.from({ length: 12 }, post)))).toEqual(new Set([202]));
  await processed(suite, stranger);
  await suite.rows(
    `UPDATE federation.inbox_log SET received_at = received_at - interval '9 days' WHERE activity_id = $1`,
    [document.id],
  );
  expect(await post()).toBe(202);
  await eventually(async () => expect(await processed(suite, stranger)).toHaveLength(1));
  expect(await tracesOf(suite, stranger)).toEqual({ stored: 1, followers: 1, events: 1 });
  expect(stranger.fetches).toEqual(['/users/alice']);
}

async function otherContent(suite: HostileSuite): Promise<void> {
  const stranger = await suite.newStranger();
  const id = `${stranger.url}/activities/one`;
  const texts = ['first', 'second'].map((content) => ({ id, type: 'Like', object: suite.actor, content }));
  for (const fields of texts) expect(await say(suite, stranger, fields)).toBe(202);
  const rows = await suite.rows('SELECT payload FROM federation.inbox_log WHERE activity_id = $1', [id]);
  expect(rows.map(({ payload }) => (JSON.parse(String(payload)) as { content: string }).content)).toEqual(['first']);
}

async function usedAgain(suite: HostileSuite): Promise<void> {
  const stranger = await suite.newStranger();
  const id = await becomeFollower(suite, stranger);
  const undo = stranger.activity('alice', { type: 'Undo', object: id });
  const becomes = (followers: number) =>
    eventually(async () => expect(await followersOf(suite, stranger)).toHaveLength(followers));
  for (let round = 0; round < 2; round += 1) {
    expect((await stranger.post('alice', suite.inbox, undo)).status).toBe(202);
    await becomes(0);
    expect((await stranger.post('alice', suite.inbox, follow(suite, stranger, 'alice', { id }))).status).toBe(202);
    await becomes(1);
  }
}

async function embedded(suite: HostileSuite): Promise<void> {
  const [stranger, origin] = [await suite.newStranger(), await suite.newStranger()];
  const claim = await registerAsset(suite.url, suite.token, `a-${randomUUID().slice(0, 8)}`, newContentHash());
  const ours = (claim.body['activity'] as { object: { id: string } }).object.id;
  const note = { type: 'Note', id: `${origin.url}/notes/1`, attributedTo: origin.actor('bob'), inReplyTo: ours };
  expect(await say(suite, stranger, { type: 'Create', object: { ...note, content: 'I never wrote this' } })).toBe(202);
  await processed(suite, stranger);
  expect(
    await suite.rows('SELECT 1 FROM federation.reactions WHERE ap_actor LIKE $1 OR note_id LIKE $1', [
      `${origin.url}%`,
    ]),
  ).toEqual([]);
  expect(origin.fetches.filter((path) => path !== '/notes/1')).toEqual([]);
}

async function notOwner(suite: HostileSuite): Promise<void> {
  const [stranger, other] = [await suite.newStranger(), await suite.newStranger()];
  await becomeFollower(suite, stranger, 'victim');
  const of = (by: Stranger): Record<string, unknown>[] => {
    const victim = stranger.actor('victim');
    const note = { type: 'Note', id: `${stranger.url}/notes/1`, attributedTo: victim };
    const objects = [
      victim,
      { id: victim, type: 'Person' },
      note,
      suite.actor,
      `${suite.url}/objects/${'ab'.repeat(32)}`,
    ];
    return objects
      .flatMap((object) => ['Update', 'Delete'].map((type) => ({ type, object })))
      .map((fields) => by.activity('mallory', fields));
  };
  for (const by of [stranger, other]) {
    for (const document of of(by)) {
      const answer = await by.post('mallory', suite.sharedInbox, document);
      expect([answer.status, answer.code, document['type']]).toEqual([403, 'not_owner', document['type']]);
    }
  }
  expect(await tracesOf(suite, other)).toEqual({ stored: 0, followers: 0, events: 0 });
  expect(await followersOf(suite, stranger)).toEqual([stranger.actor('victim')]);
}

const stateOf = async (suite: HostileSuite, target: string): Promise<unknown> =>
  (await suite.rows('SELECT state FROM federation.following WHERE target_ap_id = $1', [target]))[0]?.['state'];

async function notTheirs(suite: HostileSuite): Promise<void> {
  const [stranger, mallory] = [await suite.newStranger(), await suite.newStranger()];
  const id = await becomeFollower(suite, stranger);
  const target = stranger.actor('bob');
  const followed = await call(suite.url, '/follow', { token: suite.token, body: { target } });
  expect(followed.body).toMatchObject({ state: 'requested' });
  const [row] = await suite.rows('SELECT follow_activity_id AS id FROM federation.following WHERE target_ap_id = $1', [
    target,
  ]);
  const theirs = { type: 'Follow', id, actor: stranger.actor('alice'), object: suite.actor };
  const ours = { type: 'Follow', id: row?.['id'], actor: suite.actor, object: target };
  for (const object of [id, theirs, ours, ours.id])
    for (const type of ['Undo', 'Accept', 'Reject']) expect(await say(suite, mallory, { type, object })).toBe(202);
  // Another of the same host is not the one who was asked either.
  for (const type of ['Accept', 'Reject']) expect(await say(suite, stranger, { type, object: ours })).toBe(202);
  expect(new Set(await processed(suite, mallory))).toEqual(new Set(['ignored']));
  await processed(suite, stranger);
  expect([await followersOf(suite, stranger), await stateOf(suite, target)]).toEqual([
    [stranger.actor('alice')],
    'requested',
  ]);
}

async function gone(suite: HostileSuite): Promise<void> {
  const [known, unknown] = [await suite.newStranger(), await suite.newStranger()];
  await becomeFollower(suite, known);
  for (const stranger of [known, unknown]) {
    stranger.rotate('alice');
    stranger.answers.set('/users/alice', (_req, res) => res.writeHead(410).end());
    expect(await say(suite, stranger, { type: 'Delete', object: stranger.actor('alice') })).toBe(202);
  }
  await eventually(async () => expect(await followersOf(suite, known)).toEqual([]));
  expect(await tracesOf(suite, unknown)).toEqual({ stored: 0, followers: 0, events: 0 });
  // Whose server does not say so is not gone: nobody else's word counts.
  const alive = await suite.newStranger();
  await becomeFollower(suite, alive);
  const tweak = { privateKey: alive.keysOf('mallory').rsa };
  const lie = alive.activity('alice', { type: 'Delete', object: alive.actor('alice') });
  expect((await alive.post('alice', suite.sharedInbox, lie, { tweak })).status).toBe(401);
  expect(await followersOf(suite, alive)).toEqual([alive.actor('alice')]);
}

export const actorRows: Row[] = [
  [
    'actor is an array or null',
    '400',
    refuses(400, (_suite, by) => [{ actor: [by.actor('alice')] }, { actor: null }, { actor: [] }, { actor: 1 }]),
  ],
  [
    'actor is one of our own',
    '403',
    refuses(403, ({ actor, url }) => [{ actor }, { actor: `${url}/actor`, id: `${url}/1` }]),
  ],
  ['id on another host than the actor', '403; de-duplicated on (actor, id)', foreignId],
  ['The same id again, at the same moment or days later', '202, no effect', sameId],
  ['The same id with other content', '202, the first content stays', otherContent],
  ['A Follow or Undo id used again after the relationship changed', 'works', usedAgain],
  ['Create that embeds an object of another host', '202; the embedded copy is never believed', embedded],
  ['Update or Delete by somebody else than the owner, also from the owner’s own host', '403', notOwner],
  ['Undo, Accept or Reject of a follow that is not theirs', '202, ignored', notTheirs],
  ['Delete of an actor that is gone, whose key answers 410', '202; its follows go', gone],
];
