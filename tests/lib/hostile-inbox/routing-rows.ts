import { expect } from '@jest/globals';
import { rawRequest } from '../raw-request.ts';
import { expectRefused, follow, followersOf, processed, type HostileSuite, type Row } from './hostile-suite.ts';

async function wrongType(suite: HostileSuite): Promise<void> {
  const types = [
    'application/json',
    'text/plain',
    'application/activity+jsonx',
    'application/x-www-form-urlencoded',
    '',
  ];
  for (const type of [...types, undefined]) {
    const stranger = await suite.newStranger();
    const tweak = { headers: { 'content-type': type } };
    const answer = await stranger.post('alice', suite.inbox, follow(suite, stranger), { tweak });
    await expectRefused(suite, stranger, answer, { status: 415 });
  }
}

async function otherMethods(suite: HostileSuite): Promise<void> {
  for (const path of ['/inbox', new URL(suite.inbox).pathname]) {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await rawRequest(suite.url, path, { method });
      expect([method, status, headers['allow']]).toEqual([method, 405, 'POST']);
    }
  }
}

async function unknownType(suite: HostileSuite): Promise<void> {
  const stranger = await suite.newStranger();
  for (const type of [
    'Hover',
    'follow',
    'https://a.example/Follow',
    ['Follow'],
    null,
    1,
    {},
    'Fol\u0000low',
    '\ud800',
  ]) {
    const answer = await stranger.post('alice', suite.inbox, follow(suite, stranger, 'alice', { type }));
    expect([type, answer.status]).toEqual([type, 202]);
  }
  expect(new Set(await processed(suite, stranger))).toEqual(new Set(['ignored']));
  expect(await followersOf(suite, stranger)).toEqual([]);
}

async function blocked(suite: HostileSuite): Promise<void> {
  const stranger = await suite.newStranger();
  await suite.rows("INSERT INTO federation.blocked_hosts (host, reason) VALUES ($1, 'test')", [stranger.host]);
  for (const inbox of [suite.inbox, suite.sharedInbox]) {
    const answer = await stranger.post('alice', inbox, follow(suite, stranger));
    await expectRefused(suite, stranger, answer, { status: 403, code: 'host_blocked' });
  }
}

export const routingRows: Row[] = [
  ['Wrong content type', '415', wrongType],
  ['GET on an inbox', '405', otherMethods],
  ['Unknown activity type', '202, ignored', unknownType],
  ['Blocked domain', '403', blocked],
];
