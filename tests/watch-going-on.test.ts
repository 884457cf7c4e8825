import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { publicKeyMultibase } from '@artdag/claims';
import { createInProcessTransport, type Transport } from '@artdag/messaging';
import { eventually, quietLogger, startProcess, type StartedProcess } from '@artdag/testing';
import { runArtdag, type Run } from '../packages/cli/src/run-artdag.testing.ts';
import { keysEvent, publish } from '../services/asset-registry/src/testing/publish.testing.ts';
import { startSuite, type RegistrySuite } from '../services/asset-registry/src/testing/suite.testing.ts';
import { startLyingServer, type Lie, type LyingServer } from './lib/lying-server.ts';
import { root } from './lib/scripts.ts';

const ada = 'ada';
const actor = 'https://l2.example.com/users/ada';

let suite: RegistrySuite;
let transport: Transport;
let server: LyingServer;
let home: string;
let lie: Lie | undefined;

beforeAll(async () => {
  transport = createInProcessTransport({ logger: quietLogger(), topology: [] });
  suite = await startSuite({ env: { LOG_INTERVAL_MS: '20' }, overrides: { transport } });
  server = await startLyingServer(suite.url);
  // federation is not there: its actor document is told by us.
  server.lie = async (path, body) => (await lie?.(path, body)) ?? (path === '/users/ada' ? actorDocument() : undefined);
  const { keyId, publicKey } = suite.identity.keyOf(`user:${ada}`);
  const example = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
  const der = Buffer.concat([example.subarray(0, 12), publicKey]);
  const pem = String(
    createPublicKey({ key: der, type: 'spki', format: 'der' }).export({ type: 'spki', format: 'pem' }),
  );
  const multibase = publicKeyMultibase(publicKey);
  const key = { key_id: keyId, kind: 'ed25519', status: 'primary', public_key_pem: pem } as const;
  await publish(transport, keysEvent(ada, 1, [{ ...key, public_key_multibase: multibase }]));
});
afterAll(async () => {
  await server?.close();
  await suite?.remove();
  await transport?.close();
});

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'artdag-going-on-'));
  lie = undefined;
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function actorDocument(): { status: number; body: Buffer } {
  const { keyId, publicKey } = suite.identity.keyOf(`user:${ada}`);
  const multikey = {
    id: keyId,
    type: 'Multikey',
    controller: actor,
    publicKeyMultibase: publicKeyMultibase(publicKey),
  };
  return { status: 200, body: Buffer.from(JSON.stringify({ id: actor, assertionMethod: [multikey] })) };
}

async function claim(): Promise<string> {
  const { body } = await suite.registered(ada);
  const id = String(body['activity_id']);
  await eventually(async () => (await suite.get(`/activities/${id}/certificate`)).status === 200);
  return id;
}

const look = (...more: string[]): Promise<Run> =>
  runArtdag(home, ['watch', ada, '--server', server.url, '--once', '--json', '--grace', '5', ...more]);

const claimsIn = ({ stdout }: Run): string[] =>
  stdout.split('\n').flatMap((line) => {
    const { type, activity } = (line === '' ? {} : JSON.parse(line)) as { type?: string; activity?: string };
    return type === 'Create' && activity !== undefined ? [activity.split('/').at(-1) ?? ''] : [];
  });

describe('artdag watch, without --once', () => {
  let watching: StartedProcess | undefined;
  afterEach(() => watching?.stop());

  it('goes on when the server is away, says so once, and shows what came meanwhile; of an alarm it tells once', async () => {
    const args = ['watch', ada, '--server', server.url, '--interval', '0.2', '--grace', '0.1'];
    const script = join(root, 'packages', 'cli', 'dist', 'artdag.mjs');
    watching = await startProcess({ script, args, env: { HOME: home }, readyLine: /^Watching ada at (\S+);/m });
    const { output } = watching;
    expect(output).not.toContain('ALARM');
    lie = () => ({ status: 500 });
    await eventually(() => watching?.output.includes('Trying again.') === true);
    const id = await claim();
    lie = undefined;
    await eventually(() => watching?.output.includes(id) === true);
    lie = (path) => (path === '/log/checkpoint' ? Buffer.from('no checkpoint') : undefined);
    await eventually(() => watching?.output.includes('ALARM not_signed') === true);
    // Meanwhile it looks again and again.
    const next = await claim();
    lie = undefined;
    await eventually(() => watching?.output.includes(next) === true);
    expect(watching.output.match(/Trying again|ALARM/g)).toHaveLength(2);
  });
});

describe('artdag watch', () => {
  it('waits when it has asked too often', async () => {
    const id = await claim();
    let refused = 0;
    lie = (path) => {
      if (!path.endsWith('/certificate') || refused >= 2) return undefined;
      refused += 1;
      return { status: 429, headers: { 'retry-after': '1' } };
    };
    const seen = await look();
    expect([seen.code, claimsIn(seen).includes(id), refused]).toEqual([0, true, 2]);
  });

  it('ends with 3 when the server cannot be asked, and with 2 when it is called wrongly', async () => {
    const wrong = [
      ['--since', 'soon'],
      ['--log-key', 'x'],
      ['--interval', '0'],
    ];
    for (const more of wrong) expect([more, (await look(...more)).code]).toEqual([more, 2]);
    lie = () => ({ status: 500 });
    expect((await look()).code).toBe(3);
  });

  it('shows again what the log has from an index, a date or a time on, and holds it to what was seen', async () => {
    const first = await claim();
    const second = await claim();
    await look();
    expect(claimsIn(await look())).toEqual([]);
    const { body } = await suite.get(`/activities/${second}/certificate`);
    const index = /^index (\d+)$/m.exec((body as { tlog_proof: string }).tlog_proof)?.[1] ?? '';
    const fromSecond = claimsIn(await look('--since', index));
    expect([fromSecond.includes(first), fromSecond.includes(second)]).toEqual([false, true]);
    for (const since of ['start', '1h', '2020-01-01']) {
      expect(claimsIn(await look('--since', since))).toEqual(expect.arrayContaining([first, second]));
    }
    expect(claimsIn(await look())).toEqual([]);
  });

  it('shows that a claim was erased, and where it stood', async () => {
    await look();
    const id = await claim();
    const tombstone = { type: 'Tombstone', formerType: 'as:Create', published: new Date().toISOString() };
    lie = (path, body) => {
      if (path === `/activities/${id}/certificate`) return { status: 410, body: Buffer.from('{"code":"erased"}') };
      if (!path.startsWith('/activities?')) return undefined;
      const page = JSON.parse(body.toString()) as { activities: { id: string }[] };
      const activities = page.activities.map((each) => (each.id.endsWith(id) ? { ...tombstone, id: each.id } : each));
      return Buffer.from(JSON.stringify({ ...page, activities }));
    };
    const seen = await look();
    const line = seen.stdout.split('\n').find((each) => each.includes(id)) ?? '{}';
    expect([seen.code, JSON.parse(line)]).toEqual([0, expect.objectContaining({ state: 'erased', name: null })]);
    expect(JSON.parse(line)).toMatchObject({ log_index: expect.any(Number), type: 'Create' });
  });

  it('takes claims that the log signed with a former key, and says when another one is used that it was not told of', async () => {
    const before = await claim();
    await look();
    suite.identity.rotate('service:log');
    const after = await claim();
    const told = await look();
    expect([told.code, told.stderr]).toEqual([1, expect.stringContaining('ALARM key_unknown')]);
    const { body } = await suite.get('/log/vkeys');
    const newest = (body as { vkeys: { vkey: string }[] }).vkeys.at(-1)?.vkey ?? '';
    const seen = await look('--log-key', newest);
    expect([seen.code, claimsIn(seen)]).toEqual([0, [after]]);
    expect(claimsIn(await look('--from-start'))).toEqual(expect.arrayContaining([before, after]));
  });
});
