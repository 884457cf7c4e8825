import type { RequestListener } from 'node:http';
import { expect } from '@jest/globals';
import type { Scheme } from '../strangers/sign-by-hand.ts';
import { expectRefused, follow, tracesOf, type HostileSuite, type Row } from './hostile-suite.ts';

const schemes: Scheme[] = ['draft-cavage', 'rfc9421'];

async function keyIdsElsewhere(suite: HostileSuite): Promise<void> {
  const hidden = await suite.newStranger('127.0.0.9');
  const { port } = new URL(hidden.url);
  const addresses = [
    hidden.url,
    `http://[::ffff:127.0.0.9]:${port}`,
    `http://[::ffff:7f00:9]:${port}`,
    `http://2130706441:${port}`,
    `http://0x7f.9:${port}`,
    'http://10.0.0.1',
    'http://192.168.1.1',
    'http://169.254.169.254',
    `http://[::]:${port}`,
    `http://0.0.0.0:${port}`,
  ];
  const odd = ['file:///etc/passwd', 'data:application/activity+json,{}', 'ftp://127.0.0.9/k', 'javascript:1', 'x', ''];
  for (const scheme of schemes) {
    for (const keyId of odd) {
      const stranger = await suite.newStranger();
      const answer = await stranger.post('alice', suite.inbox, follow(suite, stranger), { tweak: { scheme, keyId } });
      await expectRefused(suite, stranger, answer, { status: 401 });
    }
    // Here the actor is at that address too, so that nothing but the address itself can be in the way.
    for (const address of addresses) {
      const fields = { actor: `${address}/users/alice`, id: `${address}/activities/${scheme}` };
      const tweak = { scheme, keyId: `${fields.actor}#main-key` };
      const answer = await hidden.post('alice', suite.inbox, follow(suite, hidden, 'alice', fields), { tweak });
      await expectRefused(suite, hidden, answer, { status: 401, code: 'key_unavailable' });
      const stored = await suite.rows('SELECT 1 FROM federation.inbox_log WHERE ap_actor = $1', [fields.actor]);
      expect(stored).toEqual([]);
    }
  }
}

async function keyIdsThatRedirect(suite: HostileSuite): Promise<void> {
  const hidden = await suite.newStranger('127.0.0.9');
  const targets = ['http://169.254.169.254/latest/meta-data/', `${hidden.url}/users/alice`, 'file:///etc/passwd'];
  for (const location of targets) {
    const stranger = await suite.newStranger();
    stranger.answers.set('/users/alice', (_req, res) => res.writeHead(302, { location }).end());
    const answer = await stranger.post('alice', suite.inbox, follow(suite, stranger));
    await expectRefused(suite, stranger, answer, { status: 401, code: 'key_unavailable', fetched: 1 });
  }
  expect(hidden.fetches).toEqual([]);
}

async function elsewhere(suite: HostileSuite): Promise<void> {
  await keyIdsElsewhere(suite);
  await keyIdsThatRedirect(suite);
}

const activityJson = { 'content-type': 'application/activity+json' };

/** Bytes that may be under way when nobody reads any more. */
const mostUnread = 32 * 1024 * 1024;

/** How much was taken of what never ends. */
let taken = 0;

/** Hosts that never answer, drip a byte at a time, or never end: whoever waits for their end gets no answer at all. */
const badHosts: RequestListener[] = [
  () => undefined,
  (_req, res) => {
    res.writeHead(200, activityJson);
    const timer = setInterval(() => res.write(' '), 200);
    res.on('close', () => clearInterval(timer));
  },
  (_req, res) => {
    res.writeHead(200, activityJson);
    const more = (): void => {
      do taken += 65_536;
      while (!res.destroyed && res.write(Buffer.alloc(65_536, 0x20)));
      if (!res.destroyed) res.once('drain', more);
    };
    more();
  },
];

async function slowOrEndless(suite: HostileSuite): Promise<void> {
  const meet = async (listener: RequestListener): Promise<void> => {
    const stranger = await suite.newStranger();
    stranger.answers.set('/users/alice', listener);
    const answer = await stranger.post('alice', suite.inbox, follow(suite, stranger));
    await expectRefused(suite, stranger, answer, { status: 401, code: 'key_unavailable', fetched: 1 });
    const second = await stranger.post('alice', suite.sharedInbox, follow(suite, stranger));
    // It is not asked again.
    await expectRefused(suite, stranger, second, { status: 401, code: 'key_unavailable', fetched: 1 });
  };
  taken = 0;
  await Promise.all(badHosts.map(meet));
  expect(taken).toBeLessThan(mostUnread);
}

async function rotated(suite: HostileSuite): Promise<void> {
  for (const scheme of schemes) {
    const stranger = await suite.newStranger();
    const post = () => stranger.post('alice', suite.inbox, follow(suite, stranger), { tweak: { scheme } });
    expect((await post()).status).toBe(202);
    stranger.rotate('alice');
    expect([(await post()).status, (await post()).status]).toEqual([202, 202]);
    expect(stranger.fetches).toHaveLength(2);
    stranger.rotate('alice');
    expect((await post()).status).toBe(401);
    expect(stranger.fetches).toHaveLength(2);
  }
}

async function ofAnother(suite: HostileSuite): Promise<void> {
  for (const scheme of schemes) {
    const stranger = await suite.newStranger();
    const forwarder = await suite.newStranger();
    const post = (by: typeof stranger, name: string) => {
      const tweak = { scheme, keyId: by.keyId(name), privateKey: by.keysOf(name).rsa };
      return stranger.post('alice', suite.inbox, follow(suite, stranger), { tweak });
    };
    const code = 'key_owner_mismatch';
    await expectRefused(suite, stranger, await post(forwarder, 'alice'), { status: 401, code });
    expect(forwarder.fetches).toEqual([]);
    await expectRefused(suite, stranger, await post(stranger, 'mallory'), { status: 401, code, fetched: 1 });
    expect(await tracesOf(suite, forwarder)).toMatchObject({ stored: 0, followers: 0 });
  }
}

export const keyRows: Row[] = [
  [
    'keyId with file:, data:, a private address, an IPv4-mapped loopback address, or one that redirects to a metadata address',
    '401, and nothing is fetched',
    elsewhere,
  ],
  ['Key host slow, or its answer endless', '401 after the timeout; remembered as failed', slowOrEndless],
  ['Key was rotated', 'fetched again once, then 202', rotated],
  ['Key’s owner is not the activity’s actor', '401 key_owner_mismatch', ofAnother],
];
