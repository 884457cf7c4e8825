import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RegistryServer, type Reply } from './registry-server.testing.ts';
import { runArtdag, type Run } from './run-artdag.testing.ts';

let home: string;
let server: RegistryServer;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'artdag-copies-'));
  server = await new RegistryServer().start();
});

afterEach(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

const artdag = (...args: string[]): Promise<Run> => runArtdag(home, args, { env: server.env });
const calls = (): string[] => server.seen.map(({ method, path }) => `${method} ${path}`);
const lastBody = (): unknown => JSON.parse(server.seen.findLast(({ text }) => text !== '')?.text ?? 'null');

const hash = 'a'.repeat(64);
const storage = { id: 'sto_1', provider_name: 'mine', pins: { total: 1 } };
const pin = {
  ...{ content_hash: hash, storage_id: 'sto_1', pin_type: 'cid', ipfs_cid: 'Qm1', size_bytes: 1200, status: 'present' },
  ...{ since: '2026-11-29T00:00:00Z', last_checked_at: null },
};
const asset = { name: 'work', content_hash: hash, object_id: 'https://l2/objects/1' };

/** Answers these, the storage and the asset, by method and path. */
function answerBy(replies: Record<string, Reply>): void {
  const all: Record<string, Reply> = {
    'GET /storage': { status: 200, body: { storage: [storage] } },
    'GET /assets/work': { status: 200, body: asset },
    ...replies,
  };
  server.answer = ({ method, path }) => all[`${method} ${path}`] ?? { status: 404, body: { code: 'not_found' } };
}

describe('artdag pins', () => {
  it('lists the copies at a provider, over all pages', async () => {
    const second = { ...pin, content_hash: 'b'.repeat(64), ipfs_cid: null, key: 'k', size_bytes: null };
    answerBy({
      'GET /storage/sto_1/pins?limit=100&status=missing': { status: 200, body: { pins: [pin], next: '/x' } },
      [`GET /storage/sto_1/pins?limit=100&status=missing&after=${hash}`]: {
        ...{ status: 200, body: { pins: [second], next: null } },
      },
    });
    const { stdout } = await artdag('pins', 'list', 'mine', '--status', 'missing');
    const [, ...rows] = stdout.trimEnd().split('\n');
    expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
      [hash, 'Qm1', '1.2 kB', 'present since 2026-11-29T00:00:00Z', 'never'],
      ['b'.repeat(64), 'k', 'present since 2026-11-29T00:00:00Z', 'never'],
    ]);
  });

  it.each([['work'], [hash], [`sha3-256:${hash}`]])('records a copy of %s', async (work) => {
    answerBy({ 'POST /storage/sto_1/pins': { status: 201, body: pin } });
    const { code, stdout } = await artdag('pins', 'add', 'mine', work, '--cid', 'Qm1', '--size', '12', '--request');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`Recorded a copy of ${work} at mine.`)]);
    expect(lastBody()).toEqual({ content_hash: hash, ipfs_cid: 'Qm1', size_bytes: 12, request: true });
  });

  it('shows one, and forgets it when that is confirmed', async () => {
    const path = `/storage/sto_1/pins/${hash}`;
    answerBy({ [`GET ${path}`]: { status: 200, body: { ...pin, checks: [] } }, [`DELETE ${path}`]: { status: 204 } });
    expect((await artdag('pins', 'show', 'mine', 'work')).stdout).toContain(`${hash}  Qm1`);
    expect(await artdag('pins', 'remove', 'mine', 'work')).toMatchObject({ code: 1, stdout: '' });
    expect(calls()).not.toContain(`DELETE ${path}`);
    const removed = await artdag('pins', 'remove', 'mine', 'work', '--yes', '--json');
    expect(JSON.parse(removed.stdout)).toEqual({ status: 'removed', content_hash: hash, provider_name: 'mine' });
    expect(calls()).toContain(`DELETE ${path}`);
  });
});

describe('artdag copies', () => {
  it('says where the copies of a work are', async () => {
    const copies = [{ ...pin, provider_name: 'a\u202eb', provider_type: 'psa' }];
    answerBy({ 'GET /assets/work/copies': { status: 200, body: { copies } } });
    expect((await artdag('copies', 'work')).stdout).toContain('a\uFFFDb    Qm1'.replace('    ', '      '));
    expect(JSON.parse((await artdag('copies', 'work', '--json')).stdout)).toEqual({ copies });
  });
});

describe('artdag storage', () => {
  it('changes what is named and nothing else', async () => {
    answerBy({ 'PATCH /storage/sto_1': { status: 200, body: { ...storage, provider_name: 'ours' } } });
    const options = ['--name', 'ours', '--set', 'region=eu', '--unset', 'prefix', '--inactive'];
    expect((await artdag('storage', 'edit', 'mine', ...options)).stdout).toBe('Changed ours (sto_1).\n');
    expect(lastBody()).toEqual({
      ...{ provider_name: 'ours', is_active: false, config: { region: 'eu', prefix: null } },
    });
    expect((await artdag('storage', 'edit', 'mine')).stderr).toContain('say what to change');
    expect((await artdag('storage', 'edit', 'mine', '--set', 'token=x')).stderr).toContain('Say --secret token');
  });

  it('has the copies looked at', async () => {
    answerBy({ 'POST /storage/sto_1/check': { status: 202, body: { due: 3 } } });
    expect((await artdag('storage', 'check', 'mine')).stdout).toContain('3 copies at mine are looked at.');
  });
});

describe('artdag share', () => {
  it.each([
    ['work', 'https://l2/objects/1'],
    ['https://other/2', 'https://other/2'],
  ])('announces %s by its URL, and takes that back', async (work, object) => {
    answerBy({
      'POST /share': { status: 200, body: { object, state: 'shared', share_id: 'https://l2/x' } },
      'POST /unshare': { status: 200, body: { object, state: 'none' } },
    });
    expect((await artdag('share', work)).stdout).toBe(`You share ${object}.\n`);
    expect(lastBody()).toEqual({ object });
    expect((await artdag('unshare', work)).stdout).toBe(`You do not share ${object} any more.\n`);
    expect(lastBody()).toEqual({ object });
  });
});

describe('artdag followers', () => {
  it('lists those who follow', async () => {
    answerBy({
      'GET /auth/me': { status: 200, body: { username: 'ada' } },
      'GET /users/ada/followers?page=1': { status: 200, body: { orderedItems: ['https://a'] } },
    });
    expect((await artdag('followers')).stdout).toBe('https://a\n');
    expect(JSON.parse((await artdag('followers', '--json')).stdout)).toEqual({ followers: ['https://a'] });
  });
});

describe('artdag renderers', () => {
  it('lists them, and detaches', async () => {
    const l1_server = 'https://l1.example';
    const renderers = [{ l1_server, name: null, status: 'active', attached: true }];
    answerBy({
      'GET /renderers': { status: 200, body: { renderers } },
      'POST /renderers/detach': { status: 200, body: { l1_server, attached: false, was_attached: true } },
    });
    expect((await artdag('renderers', 'list')).stdout).toMatch(/https:\/\/l1\.example +active +attached\n/);
    expect((await artdag('renderers', 'detach', l1_server)).stdout).toBe(`Detached from ${l1_server}.\n`);
    expect(lastBody()).toEqual({ l1_server });
  });
});
