import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RegistryServer, type Reply } from './registry-server.testing.ts';
import { runArtdag, type Run } from './run-artdag.testing.ts';

let home: string;
let server: RegistryServer;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'artdag-assets-'));
  server = await new RegistryServer().start();
});

afterEach(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

const artdag = (...args: string[]): Promise<Run> => runArtdag(home, args, { env: server.env });
const always = (reply: Reply) => () => reply;

const asset = {
  ...{ name: 'first-light.png', content_hash: 'd0'.repeat(32), asset_type: 'image', tags: ['a', 'b'] },
  ...{ owner: 'ada', owner_id: 'https://l2/users/ada', url: null, ipfs_cid: null, visibility: 'unlisted' },
  ...{ description: 'Red\u001b[31m', object_id: 'https://l2/objects/d0', activity_url: 'https://l2/activities/1' },
  ...{ created_at: '2026-11-22T00:00:00Z', updated_at: '2026-11-22T00:00:00Z' },
  ...{ made_from: [{ name: 'one' }, { name: 'two' }], used_in: [] },
};

describe('artdag show', () => {
  it('shows what is there, and nothing that moves the cursor', async () => {
    server.answer = always({ status: 200, body: asset });
    const { code, stdout } = await artdag('show', 'first-light.png');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'first-light.png (image)',
      'owner        ada  https://l2/users/ada',
      `sha3-256     ${'d0'.repeat(32)}`,
      'registered   2026-11-22T00:00:00Z',
      'tags         a, b',
      'description  Red\uFFFD[31m',
      'visibility   unlisted',
      'made from    one, two',
      'claim        https://l2/activities/1',
      'object       https://l2/objects/d0',
    ]);
    expect(server.seen).toMatchObject([{ path: '/assets/first-light.png', headers: { 'x-api-key': 'dk_test' } }]);
    expect(JSON.parse((await artdag('show', 'first-light.png', '--json')).stdout)).toEqual(asset);
  });

  it('needs no login, and shows a credential to no other server', async () => {
    server.answer = always({ status: 200, body: asset });
    const anonymous = { env: { ARTDAG_SERVER: server.url } };
    expect((await runArtdag(home, ['show', 'a/b'], anonymous)).code).toBe(0);
    const elsewhere = { env: { ...server.env, ARTDAG_SERVER: 'http://127.0.0.1:9' } };
    expect((await runArtdag(home, ['show', 'x', '--server', server.url], elsewhere)).code).toBe(0);
    expect(server.seen.map(({ path, headers }) => [path, headers['x-api-key']])).toEqual([
      ['/assets/a%2Fb', undefined],
      ['/assets/x', undefined],
    ]);
  });

  it('says what became of a deleted one', async () => {
    server.answer = always({ status: 410, body: { code: 'gone', detail: 'The asset draft was deleted.' } });
    expect(await artdag('show', 'draft')).toMatchObject({
      code: 1,
      stderr: 'artdag: The asset draft was deleted. (gone)\n',
    });
  });
});

describe('artdag edit', () => {
  it.each([
    [['--tag', 'c', '--tag', 'd', '--url', 'https://x'], { tags: ['c', 'd'], url: 'https://x' }],
    [['--no-tags', '--description', ''], { tags: [], description: null }],
    [['--metadata', '{"seed":42}', '--visibility', 'public'], { metadata: { seed: 42 }, visibility: 'public' }],
  ])('changes by %j what is named, and nothing else', async (options, body) => {
    const changed = { name: 'x', activity: { id: 'https://l2/activities/2' } };
    server.answer = always({ status: 200, body: changed });
    const { code, stdout } = await artdag('edit', 'x', ...options);
    expect([code, stdout]).toEqual([0, 'Changed x.\nclaim     https://l2/activities/2\n']);
    expect(server.seen).toMatchObject([{ method: 'PATCH', path: '/assets/x', text: JSON.stringify(body) }]);
    expect(server.seen[0]?.headers['idempotency-key']).toBeTruthy();
  });

  it('says when all was so already', async () => {
    server.answer = always({ status: 200, body: { name: 'x', activity: null } });
    expect((await artdag('edit', 'x', '--tag', 'a')).stdout).toBe('x is so already; nothing was claimed.\n');
  });

  it.each([
    [[], 'say what to change'],
    [['--metadata', '{seed'], '--metadata wants an object in JSON'],
    [['--tag', 'a', '--no-tags'], 'cannot be used with'],
  ])('refuses %j and asks nobody', async (options, reason) => {
    const { code, stderr } = await artdag('edit', 'x', ...options);
    expect([code, stderr, server.seen]).toEqual([1, expect.stringContaining(reason), []]);
  });
});

describe('artdag delete', () => {
  it('deletes what it is told to with --yes, and otherwise asks somebody', async () => {
    server.answer = always({ status: 204 });
    const asked = await artdag('delete', 'x');
    expect([asked.code, asked.stderr, server.seen]).toEqual([1, expect.stringContaining('Add --yes'), []]);
    const { code, stdout } = await artdag('delete', 'x', '--yes', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([0, { status: 'deleted', name: 'x' }]);
    expect(server.seen).toMatchObject([{ method: 'DELETE', path: '/assets/x' }]);
  });
});
