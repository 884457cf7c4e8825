import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceKey, verifyServiceRequest } from '@artdag/actor-context';
import { run } from './run.ts';
import { secondsOf } from './commands/credentials.ts';
import { version } from './version.ts';

interface Seen {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

let folder: string;
let server: Server;
let url: string;
let seen: Seen[] = [];
let answer = { status: 200, body: '{"keys":[]}' };
const secret = 's'.repeat(64);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'artdag-admin-'));
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      seen.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(answer.status).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function admin(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = [collector(), collector()];
  const surroundings = { ARTDAG_DATA: join(folder, 'none'), ...env };
  const code = await run(args, { env: surroundings, stdout: out.stream, stderr: err.stream });
  return { code, out: out.text(), err: err.text() };
}

function collector() {
  const parts: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      parts.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => parts.join('') };
}

describe('artdag-admin', () => {
  it('signs what it sends for exactly this request, with the operator’s name and a nonce', async () => {
    seen = [];
    const env = { AUTH_URL: `${url}/`, INTERNAL_SECRET: secret };
    answer = { status: 200, body: '{"deleted":{"denials":1}}' };
    await admin(['prune-denylist', '--as', 'ops'], env);
    await admin(['prune-denylist', '--as', 'ops'], env);
    expect(seen).toHaveLength(2);
    for (const { method, path, headers, body } of seen) {
      const header = headers.authorization;
      const keyOf = (service: string) => serviceKey(secret, service);
      expect(verifyServiceRequest({ header, method, path, body, now: new Date(), keyOf })).toBe('admin');
      expect(JSON.parse(body)).toEqual({ as: 'ops', nonce: expect.any(String) });
    }
    expect(seen[0]?.body).not.toBe(seen[1]?.body);
  });

  it('finds a standalone suite by its data folder, and prefers what it is told', async () => {
    const data = join(folder, 'data');
    for (const name of ['run', 'secrets']) mkdirSync(join(data, name), { recursive: true });
    writeFileSync(join(data, 'run', 'auth.url'), `${url}\n`);
    writeFileSync(join(data, 'secrets', 'internal_secret'), `${secret}\n`);
    answer = { status: 200, body: '{"keys":[]}' };
    expect(await admin(['keys', 'list'], { ARTDAG_DATA: data })).toEqual({
      code: 0,
      out: 'There are none.\n',
      err: '',
    });
    const elsewhere = await admin(['keys', 'list'], { ARTDAG_DATA: data, AUTH_URL: 'http://127.0.0.1:1' });
    expect([elsewhere.code, elsewhere.err]).toEqual([
      1,
      expect.stringContaining('http://127.0.0.1:1 cannot be reached'),
    ]);
  });

  it('fails when the answer is no JSON, and with the server’s own words when it refuses', async () => {
    const env = { AUTH_URL: url, INTERNAL_SECRET: secret };
    answer = { status: 200, body: '<html>' };
    expect((await admin(['keys', 'list'], env)).err).toContain('did not answer in JSON (status 200)');
    answer = { status: 409, body: '{"detail":"Rotate first.","code":"key_is_primary"}' };
    const refused = await admin(['rotate-key', 'rs256', '--retire', 'x', '--json'], env);
    expect(refused).toEqual({ code: 1, out: '', err: 'artdag-admin: Rotate first. (key_is_primary)\n' });
    answer = { status: 422, body: '{"detail":[{"loc":["body","slug"],"msg":"too short"}],"code":"validation_error"}' };
    expect((await admin(['org', 'create', 'x', '--owner', 'y'], env)).err).toBe('artdag-admin: slug: too short\n');
  });

  it('prints the key of every service but auth, from a variable or a file, without calling anybody', async () => {
    seen = [];
    writeFileSync(join(folder, 'secret'), `${secret}\n`);
    const byFile = await admin(['service-keys', '--json'], { INTERNAL_SECRET_FILE: join(folder, 'secret') });
    const keys = (JSON.parse(byFile.out) as { service_keys: Record<string, string> }).service_keys;
    const names = ['gateway', 'identity', 'asset-registry', 'federation', 'l1-bridge', 'web', 'admin'];
    expect(keys).toEqual(Object.fromEntries(names.map((name) => [name, serviceKey(secret, name)])));
    const plain = await admin(['service-keys'], { INTERNAL_SECRET: secret });
    expect(plain.out).toContain(`web             ${keys['web']}\n`);
    expect(seen).toEqual([]);
    expect((await admin(['service-keys'])).code).toBe(1);
  });

  it('shows what strangers wrote without what a terminal would obey, and has parked activities tried again', async () => {
    const env = { AUTH_URL: url, FEDERATION_URL: url, INTERNAL_SECRET: secret };
    const id = 'https://evil.example/1\u001b]0;pwned\u0007';
    const parked = { activity: id, actor: id, type: 'Like\u202e', received_at: '2026-11-28T20:00:00.000Z' };
    answer = { status: 200, body: JSON.stringify({ parked: [{ ...parked, last_error: 'a\r\n\u009b2Jb' }] }) };
    const listed = await admin(['federation', 'inbox'], env);
    expect(listed).toEqual({
      code: 0,
      out:
        'ID                                TYPE   CAME              ERROR\n' +
        'https://evil.example/1?]0;pwned?  Like?  2026-11-28T20:00  a???2Jb\n' +
        'Once that is mended: federation replay <id>, or --all.\n',
      err: '',
    });
    seen = [];
    answer = { status: 200, body: '{"replayed":1}' };
    expect((await admin(['federation', 'replay', id], env)).out).toBe('Tried again from now on: 1.\n');
    const calls = seen.filter(({ path }) => path.startsWith('/internal/admin/'));
    expect(calls.map(({ path, body }) => [path, JSON.parse(body) as object])).toMatchObject([
      ['/internal/admin/notes', { action: 'federation.replay', target: 'evil.example' }],
      ['/internal/admin/federation/replay', { id }],
    ]);
    for (const wrong of [[], ['x', '--all']])
      expect((await admin(['federation', 'replay', ...wrong], env)).err).toContain('Give the id of an activity, or');
  });

  it('says its version, which is that of its package', async () => {
    const file = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8');
    expect((JSON.parse(file) as { version: string }).version).toBe(version);
    expect((await admin(['--version'])).out).toBe(`${version}\n`);
  });

  it.each([
    ['90', 90],
    ['30m', 1800],
    ['12h', 43_200],
    ['90d', 7_776_000],
  ])('reads %s as %i seconds', (text, seconds) => expect(secondsOf(text)).toBe(seconds));
});
