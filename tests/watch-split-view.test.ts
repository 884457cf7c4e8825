import { createPublicKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { commitment, composeLeaf, jcs, publicKeyMultibase } from '@artdag/claims';
import { createInProcessTransport, type Transport } from '@artdag/messaging';
import { eventually, quietLogger } from '@artdag/testing';
import { openCheckpoint, parseVkey } from '@artdag/transparency-log';
import { runArtdag, type Run } from '../packages/cli/src/run-artdag.testing.ts';
import { createLogClient } from '../services/asset-registry/src/testing/log.testing.ts';
import { keysEvent, publish } from '../services/asset-registry/src/testing/publish.testing.ts';
import { startSuite, type Json, type RegistrySuite } from '../services/asset-registry/src/testing/suite.testing.ts';
import { forkLog, newLogSigner, signCheckpoint, vkeyOf, type LogSigner } from './lib/forked-log.ts';
import { startLyingServer, type Lie, type LyingServer } from './lib/lying-server.ts';

const origin = 'l2.example.com/log';
const ada = 'ada';
const actor = 'https://l2.example.com/users/ada';

let suite: RegistrySuite;
let transport: Transport;
let server: LyingServer;
let log: ReturnType<typeof createLogClient>;
let home: string;
let lie: Lie | undefined;

beforeAll(async () => {
  transport = createInProcessTransport({ logger: quietLogger(), topology: [] });
  suite = await startSuite({ env: { LOG_INTERVAL_MS: '20' }, overrides: { transport } });
  server = await startLyingServer(suite.url);
  // federation is not there: its actor document is told by us.
  server.lie = async (path, body) => (await lie?.(path, body)) ?? (path === '/users/ada' ? actorDocument() : undefined);
  log = createLogClient(suite.url);
  await publish(transport, keysEvent(ada, 1, [adasKey()]));
});
afterAll(async () => {
  await server?.close();
  await suite?.remove();
  await transport?.close();
});

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'artdag-split-'));
  lie = undefined;
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function adasKey(): Parameters<typeof keysEvent>[2][number] {
  const { keyId, publicKey } = suite.identity.keyOf(`user:${ada}`);
  const example = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
  const der = Buffer.concat([example.subarray(0, 12), publicKey]);
  const pem = createPublicKey({ key: der, type: 'spki', format: 'der' }).export({ type: 'spki', format: 'pem' });
  const multibase = publicKeyMultibase(publicKey);
  return {
    key_id: keyId,
    kind: 'ed25519',
    status: 'primary',
    public_key_pem: String(pem),
    public_key_multibase: multibase,
  };
}

function actorDocument(change: Json = {}, key: Json = {}): { status: number; body: Buffer } {
  const { keyId, publicKey } = suite.identity.keyOf(`user:${ada}`);
  const multikey = {
    id: keyId,
    type: 'Multikey',
    controller: actor,
    publicKeyMultibase: publicKeyMultibase(publicKey),
  };
  const document = { id: actor, type: 'Person', assertionMethod: [{ ...multikey, ...key }], ...change };
  return { status: 200, body: Buffer.from(JSON.stringify(document)) };
}

/** Registers something and waits until a signed checkpoint covers it. */
async function claim(owner = ada): Promise<{ id: string; url: string; activity: Json }> {
  const { body } = await suite.registered(owner);
  const id = String(body['activity_id']);
  const inLog = async (): Promise<boolean> =>
    (await log.entries((await log.open((await log.checkpoint()) ?? '')).size)).some((leaf) => leaf.includes(id));
  await eventually(inLog);
  if (owner === ada) await eventually(async () => (await suite.get(`/activities/${id}/certificate`)).status === 200);
  return { id, url: String(body['activity_url']), activity: body['activity'] as Json };
}

const look = (folder: string, ...more: string[]): Promise<Run> =>
  runArtdag(folder, ['watch', ada, '--server', server.url, '--once', '--json', '--grace', '0.5', ...more]);

const alarmOf = ({ code, stderr }: Run): unknown[] => [code, /^artdag: ALARM (\w+):/.exec(stderr)?.[1] ?? stderr];

const logSigner = (): LogSigner => suite.identity.keyOf('service:log');

async function allLeaves(): Promise<string[]> {
  const { size } = await log.open((await log.checkpoint()) ?? '');
  return await log.entries(size);
}

describe('whoever holds the key of the log', () => {
  it('is caught when it has signed two trees of one size', async () => {
    await claim('bob');
    await claim();
    expect(await look(home)).toMatchObject({ code: 0, stderr: '' });
    const leaves = await allLeaves();
    const fork = forkLog(origin, logSigner(), leaves.with(0, leaves[1] ?? ''));
    lie = (path) => fork.answer(path);
    expect(alarmOf(await look(home))).toEqual([1, 'forked']);
  });

  it('is caught when a longer log that fits together in itself does not begin with what was', async () => {
    await claim('bob');
    expect(await look(home)).toMatchObject({ code: 0, stderr: '' });
    await claim();
    const leaves = await allLeaves();
    const fork = forkLog(origin, logSigner(), leaves.with(0, leaves[1] ?? ''));
    lie = (path) => fork.answer(path);
    expect(alarmOf(await look(home))).toEqual([1, 'rewritten']);
  });

  it('is caught when the log is the true one and a certificate leads to another that it has signed', async () => {
    await claim('bob');
    expect(await look(home)).toMatchObject({ code: 0, stderr: '' });
    const { id } = await claim();
    const leaves = await allLeaves();
    const fork = forkLog(origin, logSigner(), leaves.with(1, leaves[0] ?? ''));
    const index = leaves.findIndex((leaf) => leaf.includes(id));
    const proof = await fork.proof(index);
    const keyIndex = leaves.findIndex((leaf) => leaf.includes('"Key"') && leaf.includes(actor));
    const keyProof = await fork.proof(keyIndex);
    const keyHashes = keyProof.slice(0, keyProof.indexOf('\n\n')).split('\n').slice(2);
    lie = (path, body) => {
      if (path !== `/activities/${id}/certificate`) return undefined;
      const certificate = JSON.parse(body.toString()) as { key: Json };
      const key = { ...certificate.key, index: keyIndex, hashes: keyHashes };
      return Buffer.from(JSON.stringify({ ...certificate, tlog_proof: proof, key }));
    };
    expect(alarmOf(await look(home))).toEqual([1, 'forked']);
  });

  it('is caught when a certificate is of another entry than the one that was read', async () => {
    expect(await look(home)).toMatchObject({ code: 0, stderr: '' });
    const { id, activity } = await claim();
    // The same claim, committed to with another salt: by itself it holds.
    const salt = randomBytes(32);
    const leaves = await allLeaves();
    const index = leaves.findIndex((leaf) => leaf.includes(id));
    const entry = JSON.parse(leaves[index] ?? '') as Parameters<typeof composeLeaf>[0] & { contentHash: Json };
    const leaf = composeLeaf({
      ...entry,
      contentHash: String((entry.contentHash as unknown as Json)['value']),
      commitment: commitment(salt, jcs(activity)),
    });
    const fork = forkLog(origin, logSigner(), leaves.with(index, leaf));
    const proof = await fork.proof(index);
    const keyIndex = leaves.findIndex((each) => each.includes('"Key"') && each.includes(actor));
    const keyProof = await fork.proof(keyIndex);
    const keyHashes = keyProof.slice(0, keyProof.indexOf('\n\n')).split('\n').slice(2);
    lie = (path, body) => {
      if (path !== `/activities/${id}/certificate`) return undefined;
      const certificate = JSON.parse(body.toString()) as { key: Json };
      const key = { ...certificate.key, index: keyIndex, hashes: keyHashes };
      const forged = { ...certificate, salt: salt.toString('base64'), leaf, tlog_proof: proof, key };
      return Buffer.from(JSON.stringify(forged));
    };
    expect(alarmOf(await look(home))).toEqual([1, 'claim_false']);
  });
});

describe('a server without it', () => {
  it('is caught when it shows other words than those that were signed', async () => {
    expect(await look(home)).toMatchObject({ code: 0, stderr: '' });
    const { id } = await claim();
    lie = (path, body) => {
      if (!path.startsWith('/activities?')) return undefined;
      const page = JSON.parse(body.toString()) as { activities: (Json & { object: Json })[] };
      const activities = page.activities.map((each) =>
        String(each['id']).endsWith(id) ? { ...each, object: { ...each.object, name: 'Another name' } } : each,
      );
      return Buffer.from(JSON.stringify({ ...page, activities }));
    };
    expect(alarmOf(await look(home))).toEqual([1, 'claim_false']);
  });

  it('is caught when it says that somebody else is the actor', async () => {
    await claim();
    expect(await look(home)).toMatchObject({ code: 0, stderr: '' });
    await claim();
    lie = (path) => (path === '/users/ada' ? actorDocument({ id: 'https://l2.example.com/users/bob' }) : undefined);
    expect(alarmOf(await look(home))).toEqual([1, 'actor_differs']);
  });

  it('is caught when the actor document has another key than the log', async () => {
    expect(await look(home)).toMatchObject({ code: 0, stderr: '' });
    await claim();
    const other = publicKeyMultibase(newLogSigner().publicKey);
    lie = (path) => (path === '/users/ada' ? actorDocument({}, { publicKeyMultibase: other }) : undefined);
    expect(alarmOf(await look(home))).toEqual([1, 'key_differs']);
  });

  it('is caught when another key signs the log, which may be given once it is known', async () => {
    await claim();
    expect(await look(home)).toMatchObject({ code: 0, stderr: '' });
    const stranger = newLogSigner();
    const note = (await log.checkpoint()) ?? '';
    const { size, root } = openCheckpoint(note, [parseVkey(vkeyOf(origin, logSigner()))]);
    const signed = signCheckpoint(origin, stranger, { size, root });
    lie = (path) => (path === '/log/checkpoint' ? Buffer.from(signed) : undefined);
    expect(alarmOf(await look(home))).toEqual([1, 'key_unknown']);
    expect(await look(home, '--log-key', vkeyOf(origin, stranger))).toMatchObject({ code: 0, stderr: '' });
    // And is remembered, beside the other.
    expect(await look(home)).toMatchObject({ code: 0, stderr: '' });
    lie = undefined;
    expect(await look(home)).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['an entry', /^\/log\/tile\/entries\//],
    ['its checkpoint', /^\/log\/checkpoint$/],
  ])('is caught when it withholds %s', async (_what, hidden) => {
    await claim();
    expect(await look(home)).toMatchObject({ code: 0, stderr: '' });
    await claim();
    lie = (path) => (hidden.test(path) ? { status: 404, body: Buffer.from('{"code":"not_found"}') } : undefined);
    expect(alarmOf(await look(home))).toEqual([1, 'withheld']);
  });

  it.each(['not_found', 'not_in_log_yet'])('is caught when it proves no claim, and says %s', async (code) => {
    expect(await look(home)).toMatchObject({ code: 0, stderr: '' });
    const { id } = await claim();
    const body = Buffer.from(JSON.stringify({ detail: '', code }));
    lie = (path) => (path === `/activities/${id}/certificate` ? { status: 404, body } : undefined);
    const expected = code === 'not_found' ? 'claim_hidden' : 'claim_unproven';
    expect(alarmOf(await look(home))).toEqual([1, expected]);
    const earlier = mkdtempSync(join(tmpdir(), 'artdag-earlier-'));
    cpSync(home, earlier, { recursive: true });
    // What could not be proved is not forgotten.
    expect(alarmOf(await look(earlier))).toEqual([1, expected]);
    lie = undefined;
    const seen = await look(home);
    expect([seen.code, seen.stdout.includes(id)]).toEqual([0, true]);
    rmSync(earlier, { recursive: true });
  });

  it('cannot write to the terminal', async () => {
    await claim();
    const id = `${actor}/activities/\u001b[2J\u009b31m\u202e${randomUUID()}`;
    lie = (path, body) => {
      if (!path.startsWith('/activities?')) return undefined;
      const page = JSON.parse(body.toString()) as { activities: Json[] };
      const forged = { ...page.activities[0], id, published: '2999-01-01T00:00:00Z' };
      return Buffer.from(JSON.stringify({ ...page, activities: [forged, ...page.activities] }));
    };
    const run = await runArtdag(home, ['watch', ada, '--server', server.url, '--once', '--grace', '0.1']);
    expect(alarmOf(run)).toEqual([1, 'not_in_log']);
    expect(run.stderr + run.stdout).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e]/u);
  });
});
