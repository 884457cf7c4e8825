import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KeyServer } from './key-server.testing.ts';
import { clientFolder, runArtdag, writeVectorKey, type Run } from './run-artdag.testing.ts';

let home: string;
let key: string;
let server: KeyServer;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'artdag-request-'));
  key = writeVectorKey(home);
  server = await new KeyServer().start();
  env = { ARTDAG_KEY: key, ARTDAG_HANDLE: 'gabriel', ARTDAG_SERVER: server.url };
  await runArtdag(home, ['login', '--server', server.url, '--key', key, '--handle', 'gabriel']);
  rmSync(clientFolder(home), { recursive: true });
  server.seen.length = 0;
});

afterEach(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Without any login: by the environment. */
const request = (args: string[], input = ''): Promise<Run> => runArtdag(home, ['request', ...args], { env, input });
const echo = ({ stdout }: Run): unknown => JSON.parse(stdout);

describe('artdag request', () => {
  it('signs a call without any login, by options or by the environment', async () => {
    const options = ['--key', key, '--handle', 'gabriel', '--server', server.url];
    expect(echo(await runArtdag(home, ['request', 'get', '/x?a=1', ...options]))).toMatchObject({ target: '/x?a=1' });
    expect(echo(await request(['GET', '/x?a=1']))).toMatchObject({ target: '/x?a=1' });
    expect(server.seen.map(({ verdict }) => verdict)).toEqual(['signed', 'signed']);
    expect(existsSync(clientFolder(home))).toBe(false);
  });

  it('signs by the login that is remembered, at its server and no other', async () => {
    await runArtdag(home, ['login', '--server', server.url, '--key', key]);
    expect((await runArtdag(home, ['request', 'GET', '/x'])).code).toBe(0);
    expect(server.seen.at(-1)).toMatchObject({ target: '/x', verdict: 'signed' });
    const { code, stderr } = await runArtdag(home, ['request', 'GET', '/x', '--server', 'http://other.example']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('good there only')]);
  });

  it.each([
    ['application/json', '{"a":[1]}', { body: { a: [1] } }],
    ['application/activity+json; charset=utf-8', '{"a":1}', { body: { a: 1 } }],
    ['application/json', 'no JSON', { body: 'no JSON' }],
    ['text/plain', '{"a":1}', { body: '{"a":1}' }],
    ['image/png', Buffer.from([0x89, 0x50]), { body_base64: 'iVA=' }],
    ['text/plain', '', { body: null }],
  ])('with --json prints one line of an answer of type %s: %j', async (type, body, shown) => {
    const other = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': type, 'x-one': 'two' }).end(body);
    });
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    try {
      const run = await request(['GET', '/x', '--json', '--include', '--server', url]);
      expect([run.code, run.stdout.trimEnd().includes('\n')]).toEqual([0, false]);
      const headers = expect.objectContaining({ 'content-type': type, 'x-one': 'two' });
      expect(echo(run)).toEqual({ status: 200, headers, ...shown });
      const file = join(home, 'answer');
      const saved = await request(['GET', '/x', '--json', '--output', file, '--server', url]);
      expect(echo(saved)).toEqual({ status: 200, headers, file });
      expect(readFileSync(file)).toEqual(Buffer.from(body));
    } finally {
      other.close();
    }
  });

  it('prints header and signed text as JSON with --dry-run --json', async () => {
    const run = await request(['GET', '/x', '--dry-run', '--json', '--timestamp', '1743800000']);
    expect(echo(run)).toEqual({
      authorization: expect.stringMatching(/^MSign handle="gabriel" ts=1743800000 /),
      signed_text: expect.stringContaining('\n/x\n1743800000\n'),
    });
  });

  it.each([
    [
      'POST',
      '/assets?dry_run=1',
      ['-d', '{"name":"my-video"}'],
      'Joldqq9Do4oAeVMc7MVvXeAu0qU_EaSZABTV57_0AXEnTTuGEYzx8JgdTf5jllQpIONJwxlGhWnu6SuZbCGdAw',
    ],
    ['GET', '/auth/me', [], 'UJo8SWkhRIOt1ZXGRyn_mYmTbN6RhUmNQqfU3QrvpwkFicLYC7Q9j7k4Q7nI5y5rMyFEhftkSxLZypKh-uc4Aw'],
  ])('writes the older signature of A.2 for %s with --v1', async (method, path, data, sig) => {
    const dry = ['--v1', '--dry-run', '--timestamp', '1743800000', '--server', 'https://l2.example.com'];
    const { code, stdout } = await request([method, path, ...data, ...dry]);
    const [header, , ...text] = stdout.trimEnd().split('\n');
    expect([code, header]).toEqual([0, expect.stringContaining(`sig="${sig}"`)]);
    expect(header).not.toContain('alg=');
    expect(text.slice(0, 3)).toEqual([method, path, '1743800000']);
  });

  it.each([
    [
      'POST',
      '/assets?dry_run=1',
      ['-d', '{"name":"my-video"}'],
      'kNLv3YDtWeo1h3fwd8GuapJW73FRp-hanR15cXcPQFgYD1lR7mAqkJZGpSuYtnqnxUtirUTdGWqI_KttRcLhCQ',
    ],
    ['GET', '/auth/me', [], 'WLTl0fGv13J171VOxM35RgRQ4ewMfv-PpqR4QjYqVouQwgNFppHUw7TewNmebDoQQs_v8x05JiPoHxcE-6bqCA'],
  ])(
    'writes the signature of the vector A.2 for %s with --dry-run, and sends nothing',
    async (method, path, data, sig) => {
      const dry = ['--dry-run', '--timestamp', '1743800000', '--server', 'https://L2.example.com:443'];
      const { code, stdout } = await request([method, path, ...data, ...dry]);
      expect(code).toBe(0);
      const [header, ...text] = stdout.trimEnd().split('\n');
      expect(header).toContain(`Authorization: MSign handle="gabriel" ts=1743800000 sig="${sig}"`);
      expect(text.slice(1, 6)).toEqual(['ed25519', method, 'l2.example.com', path, '1743800000']);
      expect(server.seen).toEqual([]);
    },
  );

  it.each([
    '/a%2Fb/%7euser/c%20d?x=%2B&y=a+b&&z',
    '//two//slashes/',
    '/semi;colon/@at/$dollar/(x)/*',
    '/q?a=b?c/d&e=[1]|2&f=`{}^',
    '/assets/a.b..c/...',
    '/%e4%bd%a0?%F0%9F%98%80',
  ])('sends %s exactly so, signed', async (path) => {
    await request(['GET', path]);
    expect(server.seen).toMatchObject([{ target: path, verdict: 'signed' }]);
  });

  it.each([
    '/a/../b',
    '/a/./b',
    '/a/%2e%2e/b',
    '/..',
    '/a b',
    '/ä',
    '/a\\b',
    '/a?b c',
    '/a?b"c',
    "/a?b'c",
    '/a#b',
    '/a?',
    '/a#',
    '/a\tb',
    '/a\nb',
    ' /a',
    'a',
    '',
    '@evil.example/',
    'http://evil.example/',
  ])('refuses %j, which would go out as something else', async (path) => {
    const { code, stdout, stderr } = await request(['GET', path]);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(/cannot be sent as it is|is no path/)]);
    expect(server.seen).toEqual([]);
  });

  it('sends a body from the command line, a file or standard input byte by byte, with the type that it has', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 10]);
    writeFileSync(join(home, 'b.bin'), bytes);
    await request(['post', '/x', '--data', '{"a": "ä"}']);
    await request(['PUT', '/x', '--data', `@${join(home, 'b.bin')}`]);
    await request(['PATCH', '/x', '--data', '@-', '-H', 'Content-Type: text/plain'], 'piped\n');
    await request(['DELETE', '/x']);
    expect(
      server.seen.map(({ method, body, headers, verdict }) => [method, body, headers['content-type'], verdict]),
    ).toEqual([
      ['POST', Buffer.from('{"a": "ä"}'), 'application/json', 'signed'],
      ['PUT', bytes, 'application/octet-stream', 'signed'],
      ['PATCH', Buffer.from('piped\n'), 'text/plain', 'signed'],
      ['DELETE', Buffer.alloc(0), undefined, 'signed'],
    ]);
  });

  it.each([
    [['GET', '/x', '--data', 'x'], 'GET takes no --data'],
    [['CONNECT', '/x'], 'is no method'],
    [['G T', '/x'], 'is no method'],
    [['GET', '/x', '-H', 'Host: evil.example'], 'Host is not for --header'],
    [['GET', '/x', '-H', 'authorization: Bearer x'], 'is not for --header'],
    [['GET', '/x', '-H', 'no colon'], 'is no header'],
    [['GET', '/x', '-H', 'A: b\r\nC: d'], 'is no header'],
    [['GET', '/x', '--timestamp', '1'], 'goes with --dry-run'],
    [['GET', '/x', '--dry-run', '--timestamp', '1e3'], 'no time in unix seconds'],
    [['GET', '/x', '--handle', 'a" ts=1'], 'is no handle'],
    [['PUT', '/x', '--data', '@/no/such/file'], 'cannot be read'],
  ])('refuses %j before it sends anything', async (args, reason) => {
    const { code, stdout, stderr } = await request(args);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(reason)]);
    expect(server.seen).toEqual([]);
  });

  it('ends with 0 below 400, with 1 from there on, with 2 for 401, and prints the answer each time', async () => {
    for (const [status, exit] of [
      [200, 0],
      [302, 0],
      [404, 1],
      [409, 1],
      [500, 1],
      [401, 2],
    ] as const) {
      server.instead = () => ({ status, body: { code: 'some_code', detail: 'x' } });
      const { code, stdout } = await request(['GET', '/x']);
      expect([status, code, stdout]).toEqual([status, exit, '{"code":"some_code","detail":"x"}']);
    }
  });

  it('follows no redirect, so that the signature goes nowhere else', async () => {
    const other = await new KeyServer().start();
    server.instead = () => ({ status: 307, headers: { location: `${other.url}/x` } });
    expect((await request(['POST', '/x', '-i'])).stdout).toContain(`location: ${other.url}/x`);
    await runArtdag(home, ['login', '--server', server.url, '--key', key]);
    const { code, stderr } = await runArtdag(home, ['whoami'], { env });
    expect([code, stderr]).toEqual([1, expect.stringContaining('sends its callers on to')]);
    expect(other.seen).toEqual([]);
    await other.stop();
  });

  it('writes the answer to a file, but no refusal', async () => {
    const file = join(home, 'out');
    expect(await request(['GET', '/x', '--output', file, '--include'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^HTTP\/1\.1 200 OK\n(?:[^\n]+\n)+\n$/),
    });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ target: '/x' });
    server.instead = () => ({ status: 404, body: {} });
    expect(await request(['GET', '/x', '--output', file])).toMatchObject({ code: 1, stdout: '{}' });
    expect(readFileSync(file, 'utf8')).toContain('/x');
  });

  it('shows what it signs when asked to, and never the key', async () => {
    const { stderr } = await request(['POST', '/x', '--show-signature']);
    expect(stderr).toContain(`Authorization: ${server.seen[0]?.headers.authorization}\n\ned25519\nPOST\n`);
    expect((await request(['POST', '/y'])).stderr).toBe('');
    const secret = readFileSync(key, 'utf8').split('\n')[1] ?? 'none';
    expect(stderr).not.toContain(secret);
  });

  it('sends an unsafe request once', async () => {
    server.instead = () => ({ status: 503, body: {} });
    expect((await request(['POST', '/x'])).code).toBe(1);
    server.instead = () => 'hang up';
    expect((await request(['POST', '/y'])).code).toBe(1);
    server.instead = () => ({ status: 401, body: { code: 'replayed' } });
    expect((await request(['POST', '/z'])).code).toBe(2);
    expect(server.seen.map(({ target }) => target)).toEqual(['/x', '/y', '/z']);
  });

  it.each([
    ['answers are lost', 'hang up'],
    ['the server has no time', { status: 503, body: {} }],
    ['another has sent the same in this second', { status: 401, body: { code: 'replayed' } }],
  ] as const)('signs a repeatable request anew for each try when %s', async (_, bad) => {
    server.instead = (_call, count) => (count < 3 ? bad : undefined);
    expect((await request(['POST', '/x', '-H', 'Idempotency-Key: 1'])).code).toBe(0);
    expect(server.seen.map(({ verdict }) => verdict)).toEqual(['signed', 'signed', 'signed']);
    expect(new Set(server.seen.map(({ headers }) => headers.authorization)).size).toBe(3);
  });

  it.each([
    [950, /clock is (\d+) s behind/],
    [-400, /clock is (\d+) s ahead of/],
  ])('says how far the clock is off when the server is %i s ahead', async (ahead, words) => {
    server.clockAhead = ahead;
    const { code, stderr } = await request(['GET', '/x']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(words)]);
    // Give or take what the machine needs for it.
    const [, told] = words.exec(stderr) ?? [];
    expect(Math.abs(Number(told) - Math.abs(ahead))).toBeLessThan(30);
  });

  it.each([
    ['bad_signature', 'does not accept the signature of'],
    ['key_revoked', 'was revoked at'],
    ['key_expired', 'has expired at'],
    ['replayed', 'takes it once'],
    ['msign_host', 'is not addressed as'],
    ['account_disabled', 'Refused by name. (account_disabled)'],
    ['constructor', 'Refused by name. (constructor)'],
  ])('says what a 401 %s means, with exit code 2', async (code, words) => {
    server.instead = () => ({ status: 401, body: { code, detail: 'Refused by name.' } });
    const result = await request(['GET', '/x']);
    expect([result.code, result.stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('uses an API key or a session as they are', async () => {
    const others = { ARTDAG_SERVER: server.url, ARTDAG_API_KEY: 'dk_1' };
    await runArtdag(home, ['request', 'GET', '/x'], { env: others });
    expect(server.seen[0]?.headers).toMatchObject({ 'x-api-key': 'dk_1' });
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
    const dry = await runArtdag(home, ['request', 'GET', '/x', '--dry-run'], { env: others });
    expect([dry.code, dry.stderr]).toEqual([1, expect.stringContaining('needs a key')]);
    const both = await request(['GET', '/x', '--key', key]);
    expect(both.code).toBe(0);
    const unclear = await runArtdag(home, ['request', 'GET', '/x'], { env: { ...env, ...others } });
    expect([unclear.code, unclear.stderr]).toEqual([1, expect.stringContaining('are both set')]);
  });

  it('wants a handle for a key that no login names', async () => {
    const result = await runArtdag(home, ['request', 'GET', '/x', '--key', key, '--server', server.url]);
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('--handle or ARTDAG_HANDLE')]);
    expect((await runArtdag(home, ['request', 'GET', '/x'])).stderr).toContain('you are not logged in');
  });
});
