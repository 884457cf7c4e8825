import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { call, newAccount, newContentHash, type Account } from './lib/api-client.ts';
import { runAdmin } from './lib/erasing.ts';
import { startFedifyPeer, type FedifyPeer } from './lib/fedify.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

let suite: StandaloneSuite;
let peer: FedifyPeer;
let giles: Account;
let peerHost: string;

const federation = (...args: string[]) => runAdmin(suite.dataFolder, 'federation', ...args);
const json = async (...args: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await runAdmin(suite.dataFolder, '--json', 'federation', ...args)).out) as Record<string, unknown>;

async function claim(): Promise<void> {
  const body = { name: `w${newContentHash().slice(0, 20)}`, content_hash: newContentHash(), asset_type: 'image' };
  expect((await call(suite.url, '/assets', { token: giles.token, body })).status).toBe(201);
}

beforeAll(async () => {
  suite = await startStandalone();
  peer = await startFedifyPeer();
  peerHost = new URL(peer.url).host;
  giles = await newAccount(suite.url);
  const handle = `acct:${giles.username}@${new URL(suite.url).host}`;
  await eventually(async () => (await call(suite.url, `/.well-known/webfinger?resource=${handle}`)).status === 200);
  await peer.follow(handle);
  await eventually(async () => (await peer.received()).received.some(({ type }) => type === 'Accept'));
});

afterAll(async () => {
  await peer?.process.stop();
  await suite?.remove();
});

it('an operator sees a host that fails, what waits for it and why, and has it tried again', async () => {
  await call(peer.url, '/control/fail', { body: { status: 503, times: 1 } });
  await claim();
  await eventually(async () => expect((await federation('hosts', '--troubled')).out).toContain(peerHost));
  const { out } = await federation('hosts');
  expect(out).toMatch(/^HOST +STATE +WAITING +GIVEN UP +FOLLOWERS +SIGNED BY +ANSWERED +LAST ERROR\n/);
  expect(out).toMatch(new RegExp(`^${peerHost} +failing for \\d+ s +1 +0 +1 `, 'm'));
  const listed = await federation('deliveries', '--host', peerHost);
  expect(listed.out).toContain('The inbox answered 503.');
  const [waiting] = (await json('deliveries'))['deliveries'] as { id: string; attempts: number }[];
  expect(waiting?.attempts).toBe(1);
  expect((await federation('retry', waiting?.id ?? '')).out).toMatch(/^Tried from now on: 1 that waited and 0 /);
  await eventually(async () => expect((await federation('deliveries')).out).toBe('No delivery is pending.\n'));
  expect((await peer.received()).received.filter(({ type }) => type === 'Create')).toHaveLength(1);
});

it('blocks a host when asked twice, which ends its followers, and lists and takes back the rule', async () => {
  const unasked = await federation('block', peerHost);
  expect([unasked.code, unasked.err]).toEqual([1, expect.stringContaining('--yes')]);
  const { out } = await federation('block', peerHost, '--yes', '--reason', 'a test\u001b[2J');
  expect(out).toBe(`${peerHost} is blocked, with its subdomains: 1 followers, 0 followed, 0 deliveries ended by it.\n`);
  const rules = await federation('rules');
  expect(rules.out).toContain('We talk to everybody but blocked hosts.');
  expect(rules.out).toMatch(new RegExp(`^blocked +${peerHost} +\\d{4}-\\d\\d-\\d\\d +a test\\?\\[2J$`, 'm'));
  expect(await json('rules')).toMatchObject({ blocked: [{ host: peerHost }], allowed: [] });
  await claim();
  expect((await federation('unblock', peerHost)).out).toBe(`${peerHost} is not blocked any more.\n`);
  expect((await federation('unblock', peerHost)).err).toContain('There is no rule by which');
  expect((await peer.received()).received.filter(({ type }) => type === 'Create')).toHaveLength(1);
});

it('has nothing to replay when nothing was parked', async () => {
  expect((await federation('inbox')).out).toBe('None is parked.\n');
  expect((await federation('replay', '--all')).err).toContain('No such activity is parked');
});

it('says what is wrong with a host and with a state', async () => {
  expect((await federation('block', 'https://example.com/', '--yes')).err).toContain(
    'Give a host, such as example.com',
  );
  expect((await federation('deliveries', '--state', 'odd')).code).toBe(1);
});
