import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { newSuffix } from '@artdag/service-kit';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Somebody's server, which answers WebFinger like that. */
async function startServer(answer: (url: string) => RequestListener): Promise<{ host: string; asked: string[] }> {
  const asked: string[] = [];
  let listener: RequestListener = () => undefined;
  const server = createServer((req, res) => {
    asked.push(req.url ?? '');
    listener(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  listener = answer(`http://${host}`);
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { host, asked };
}

const jrd =
  (document: unknown, status = 200): RequestListener =>
  (_req, res) =>
    res.writeHead(status, { 'content-type': 'application/jrd+json' }).end(JSON.stringify(document));
const template = (text: string) => ({ links: [{ rel: 'http://ostatus.org/schema/1.0/subscribe', template: text }] });
const newUser = () => kit.federation.addUser(`u${newSuffix().slice(-12)}`);
const ask = (apId: string, account: string) => send(`${apId}/remote-follow?account=${encodeURIComponent(account)}`);
describe('GET /users/{username}/remote-follow', () => {
  it('is where the server of the account asks whether to follow, by its own word', async () => {
    const { apId } = await newUser();
    const server = await startServer((url) => jrd(template(`${url}/interact?who={uri}`)));
    // Nobody waits for long: a server on a busy machine may be too late with an answer, which is then remembered as none.
    let account = '';
    const answer = await eventually(async () => {
      account += 'me';
      const told = await ask(apId, `@${account}@${server.host}`);
      expect(told.json()['url']).not.toBeNull();
      return told;
    });
    const who = `acct:${apId.split('/').at(-1)}@${new URL(apId).host}`;
    expect([answer.status, answer.json()]).toEqual([
      200,
      { url: `http://${server.host}/interact?who=${encodeURIComponent(who)}` },
    ]);
    expect(answer.headers['cache-control']).toBe('no-store');
    const resource = encodeURIComponent(`acct:${account}@${server.host}`);
    expect(server.asked.at(-1)).toBe(`/.well-known/webfinger?resource=${resource}`);
  });

  it.each<[string, (url: string) => RequestListener]>([
    ['knows nobody of that name', () => jrd({}, 404)],
    ['fails', () => jrd({}, 500)],
    ['has no template', () => jrd({ links: [{ rel: 'self', href: 'http://x/' }] })],
    ['has a template that runs', () => jrd(template('javascript:alert(1)//{uri}'))],
    ['has a template that leads back here', () => jrd(template(`${kit.federation.url}/logout?{uri}`))],
    ['has links that are none', () => jrd({ links: [null, 1, 'x', { rel: {}, template: [] }] })],
    ['has a list for a document', () => jrd([])],
    ['speaks no JSON', () => (_req, res) => res.end('<html>')],
    ['hangs', () => () => undefined],
    ['drips', () => (_req, res) => void res.writeHead(200).write('{')],
    ['answers a megabyte', () => (_req, res) => res.end(JSON.stringify({ x: 'x'.repeat(1024 * 1024) }))],
    ['leads to a private address', () => (_req, res) => res.writeHead(302, { location: 'http://10.0.0.1/' }).end()],
    ['leads in circles', (url) => (_req, res) => res.writeHead(302, { location: url }).end()],
    ['hangs up', () => (req) => req.socket.destroy()],
  ])('is null, soon, where that server %s', async (_what, answer) => {
    const { apId } = await newUser();
    const { host } = await startServer(answer);
    const startedAt = performance.now();
    const { status, json } = await ask(apId, `me@${host}`);
    expect([status, json()]).toEqual([200, { url: null }]);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  it.each(['me@10.0.0.1', 'me@[::1]:9', 'me@169.254.169.254', 'me@127.0.0.1:9', 'me@no-such-host.invalid'])(
    'is null for %s, where nobody may be or is asked',
    async (account) => {
      const { apId } = await newUser();
      expect((await ask(apId, account)).json()).toEqual({ url: null });
    },
  );

  it('asks once a minute for one account, and no host more than 30 times, whoever wants it', async () => {
    const { apId } = await newUser();
    const server = await startServer((url) => jrd(template(`${url}/interact?who={uri}`)));
    const first = new Set<unknown>();
    for (let at = 0; at < 3; at += 1) first.add((await ask(apId, `me@${server.host}`)).json()['url']);
    expect(first.size).toBe(1);
    expect(server.asked).toHaveLength(1);
    const answers = [];
    for (let at = 0; at < 40; at += 1) answers.push((await ask(apId, `me-${at}@${server.host}`)).json()['url']);
    expect(server.asked).toHaveLength(30);
    // Those that were not asked, and any that were too late on a busy machine.
    expect(answers.filter((url) => url === null).length).toBeGreaterThanOrEqual(11);
  });

  it.each([
    ['no handle', 'me', 422, 'target_invalid'],
    ['an account of ours', 'me@OURS', 422, 'target_invalid'],
    ['a path in it', 'me@host/path', 422, 'target_invalid'],
    ['an address', 'https://host/@me', 422, 'target_invalid'],
    ['nothing', '', 422, 'validation_error'],
    ['much', `${'m'.repeat(600)}@host`, 422, 'validation_error'],
  ])('refuses %s', async (_what, account, status, code) => {
    const { apId } = await newUser();
    const refused = await ask(apId, account.replace('OURS', new URL(apId).host));
    expect([refused.status, refused.json()['code']]).toEqual([status, code]);
  });

  it('refuses a blocked host without asking it, and does not lead to one', async () => {
    const { apId } = await newUser();
    const blocked = await startServer((url) => jrd(template(`${url}/a?who={uri}`)));
    const other = await startServer(() => jrd(template(`http://${blocked.host}/a?who={uri}`)));
    await kit.sql('INSERT INTO blocked_hosts (host) VALUES ($1)', [blocked.host]);
    const refused = await ask(apId, `me@${blocked.host}`);
    expect([refused.status, refused.json()['code'], blocked.asked]).toEqual([403, 'host_blocked', []]);
    expect((await ask(apId, `me@${other.host}`)).json()).toEqual({ url: null });
  });

  it('is 404 for nobody', async () => {
    expect((await ask(`${kit.federation.url}/users/nobody`, 'me@host.example')).status).toBe(404);
  });
});
