import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fingerprintOf, rawPublicKey } from '@artdag/msign';
import { KeyServer } from './key-server.testing.ts';
import { clientFolder, runArtdag, writeVectorKey, type Run } from './run-artdag.testing.ts';

let home: string;
let server: KeyServer;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'artdag-keys-'));
  server = await new KeyServer().start();
});

afterEach(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

const artdag = (...args: string[]): Promise<Run> => runArtdag(home, args);
const config = (): string => join(clientFolder(home), 'client.json');
const keyFile = (name: string): string => join(clientFolder(home), 'keys', `${name}.pem`);

async function makeKey(label: string): Promise<string> {
  expect((await artdag('keys', 'new', '--label', label)).code).toBe(0);
  return keyFile(label);
}

async function logIn(label = 'laptop'): Promise<string> {
  const file = await makeKey(label);
  expect((await artdag('login', '--server', server.url, '--key', file, '--handle', 'Gabriel')).code).toBe(0);
  server.seen.length = 0;
  return file;
}

describe('artdag keys new', () => {
  it('makes an Ed25519 key that its owner alone can read, and shows its public half', async () => {
    const { code, stdout } = await artdag('keys', 'new', '--label', 'laptop');
    expect(code).toBe(0);
    const pem = readFileSync(keyFile('laptop'), 'utf8');
    const raw = rawPublicKey(createPrivateKey(pem));
    expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(stdout.split('\n')).toEqual([
      `fingerprint  ${fingerprintOf(raw)}`,
      `public key   ${raw.toString('base64')}`,
      `file         ${keyFile('laptop')}`,
      '',
    ]);
    expect(statSync(keyFile('laptop')).mode & 0o777).toBe(0o600);
    expect(statSync(join(clientFolder(home), 'keys')).mode & 0o777).toBe(0o700);
    expect(createPrivateKey(pem).asymmetricKeyType).toBe('ed25519');
  });

  it('calls the file after the fingerprint when there is no label', async () => {
    const { stdout } = await artdag('keys', 'new');
    const [, digits = ''] = /sha256:([0-9a-f]{16})/.exec(stdout) ?? [];
    expect(existsSync(keyFile(digits))).toBe(true);
  });

  it('never overwrites a key unless it is told to', async () => {
    const out = join(home, 'a.pem');
    await artdag('keys', 'new', '--out', out);
    const first = readFileSync(out, 'utf8');
    expect(await artdag('keys', 'new', '--out', out)).toMatchObject({ code: 1, stdout: '' });
    expect(readFileSync(out, 'utf8')).toBe(first);
    expect((await artdag('keys', 'new', '--out', out, '--force')).code).toBe(0);
    expect(readFileSync(out, 'utf8')).not.toBe(first);
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  it('follows no link that lies in its place', async () => {
    symlinkSync(join(home, 'elsewhere.pem'), join(home, 'a.pem'));
    expect((await artdag('keys', 'new', '--out', join(home, 'a.pem'))).code).toBe(1);
    expect(existsSync(join(home, 'elsewhere.pem'))).toBe(false);
  });

  it.each(['../up', 'a/b', '', '.hidden', 'x'.repeat(65)])('makes no file of the label "%s"', async (label) => {
    const { code, stderr } = await artdag('keys', 'new', '--label', label);
    expect([code, stderr]).toEqual([1, expect.stringContaining('a label that names a file')]);
  });
});

describe('artdag login --key', () => {
  it('registers a new key under the handle that is given, says so, and remembers the key but nothing of what is in it', async () => {
    const file = await makeKey('laptop');
    const { code, stdout, stderr } = await artdag(
      'login',
      '--server',
      `${server.url}/`,
      '--key',
      file,
      '--handle',
      'Gabriel',
    );
    const [key] = server.keysOf('gabriel');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Registered gabriel at ${server.url}: a new identity`);
    expect(key?.label).toBe('laptop');
    const { key_id, fingerprint } = key ?? {};
    expect(JSON.parse(readFileSync(config(), 'utf8'))).toEqual({
      ...{ server: server.url, username: 'gabriel', key: file, key_id, fingerprint },
    });
    expect(statSync(config()).mode & 0o777).toBe(0o600);
    const secret = readFileSync(file, 'utf8').split('\n')[1] ?? 'none';
    for (const text of [stdout, stderr, readFileSync(config(), 'utf8')]) expect(text).not.toContain(secret);
  });

  it('registers nothing without a handle', async () => {
    const file = await makeKey('laptop');
    const { code, stderr } = await artdag('login', '--server', server.url, '--key', file);
    expect([code, stderr]).toEqual([1, expect.stringContaining('give the name you want: --handle NAME')]);
    expect(server.seen.map(({ target }) => target)).toEqual(['/api/auth/challenge']);
    expect(existsSync(config())).toBe(false);
  });

  it('logs a known key in as whose it is, whatever handle is given', async () => {
    const file = await logIn();
    const { code, stdout, stderr } = await artdag('login', '--server', server.url, '--key', file, '--handle', 'other');
    expect(code).toBe(0);
    expect(stdout).toContain(`Logged in to ${server.url} as gabriel.`);
    expect(stdout).not.toContain('Registered');
    expect(stderr).toContain('this key is already that of gabriel');
    expect([...server.handles.keys()]).toEqual(['gabriel']);
  });

  it('signs every call from then on, each anew', async () => {
    await logIn();
    expect((await artdag('whoami')).stdout).toContain('gabriel (human, user:1)');
    const work = join(home, 'a.bin');
    writeFileSync(work, 'bytes');
    await artdag('upload', work);
    await artdag('assets', '--query', 'ä b', '--tag', 'x+y');
    expect(server.seen.map(({ target, verdict }) => [target.split('?')[0], verdict])).toEqual([
      ...[
        ['/auth/me', 'signed'],
        ['/assets', 'signed'],
        ['/assets', 'signed'],
      ],
    ]);
  });

  it('signs the vector A.1 of the specification, which the server verifies', async () => {
    server.nonce = `${'00'.repeat(31)}01`;
    await artdag('login', '--server', server.url, '--key', writeVectorKey(home), '--handle', 'gabriel');
    expect(JSON.parse(server.seen[1]?.body.toString() ?? '')).toMatchObject({
      challenge_token: server.nonce,
      public_key_b64: '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
      signature_b64: 'UCLAEktzhFiNtjni68VUOYnEgPf26Xx0XAUmNGhiagLXwYHfZ6XgG9C8+21oqOIDY/BY1PtFjWE+V/TEAxmaDg==',
    });
    expect(server.keysOf('gabriel')).toHaveLength(1);
  });

  it('signs no challenge that could be the text of a request', async () => {
    server.nonce = Buffer.from('ed25519\nPOST\nl2.example.com\n/assets\n1743800000\nsha256:00').toString('hex');
    const file = await makeKey('laptop');
    const { code, stderr } = await artdag('login', '--server', server.url, '--key', file, '--handle', 'gabriel');
    expect([code, stderr]).toEqual([1, expect.stringContaining('something else than a nonce')]);
    expect(server.seen).toHaveLength(1);
  });

  it('says that a revoked key stays so, with exit code 2', async () => {
    const file = await logIn();
    for (const key of server.keysOf('gabriel')) key.revoked_at = '2026-11-22T12:00:00Z';
    const again = await artdag('login', '--server', server.url, '--key', file);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('was revoked at')]);
    expect(await artdag('whoami')).toMatchObject({ code: 2, stderr: expect.stringContaining('was revoked at') });
  });

  it('takes the place of a login by password, and the other way round', async () => {
    const file = await logIn();
    server.instead = ({ target }) =>
      target === '/auth/login'
        ? { status: 200, body: { session_token: 'opaque', expires_at: '2030-01-01T00:00:00Z' } }
        : undefined;
    const args = ['login', '--server', server.url, '--username', 'ada', '--password-stdin'];
    expect((await runArtdag(home, args, { input: 'correct horse' })).code).toBe(0);
    await artdag('whoami');
    expect(server.seen.at(-1)?.headers.authorization).toBe('Bearer opaque');
    await artdag('login', '--server', server.url, '--key', file);
    expect(readFileSync(config(), 'utf8')).not.toContain('opaque');
    await artdag('whoami');
    expect(server.seen.at(-1)).toMatchObject({ verdict: 'signed' });
  });

  it.each([[[]], [['--username', 'ada', '--key', 'a.pem']], [['--username', 'ada', '--api-key-stdin']]])(
    'wants one way to log in, not %j',
    async (args) => {
      const { code, stderr } = await artdag('login', ...args);
      expect([code, stderr]).toEqual([1, expect.stringContaining('one of the three')]);
    },
  );
});

describe('a key file', () => {
  const pem = (type: 'rsa' | 'ed25519' | 'ec', passphrase?: string): string => {
    const { privateKey } =
      type === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : type === 'ec'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('ed25519');
    const cipher = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
    return privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString();
  };
  const good = pem('ed25519');

  it.each([
    ['of RSA', pem('rsa'), 'holds a key of type RSA; only Ed25519'],
    ['of P-256', pem('ec'), 'holds a key of type EC; only Ed25519'],
    ['with a passphrase', pem('ed25519', 'secret'), 'is encrypted with a passphrase'],
    ['that is cut off', good.slice(0, 60), 'is damaged'],
    ['of zeros', '\0'.repeat(100), 'is damaged'],
    ['that is empty', '', 'is damaged'],
    ['of OpenSSH', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n', 'OpenSSH'],
    [
      'with the public half only',
      createPublicKey(good).export({ type: 'spki', format: 'pem' }).toString(),
      'is a public key',
    ],
    ['that is large', good + ' '.repeat(70_000), 'more than 64 KiB'],
  ])('%s is refused in one clear line that shows nothing of it', async (_, text, reason) => {
    const file = join(home, 'k.pem');
    writeFileSync(file, text, { mode: 0o600 });
    const { code, stdout, stderr } = await artdag('login', '--server', server.url, '--key', file, '--handle', 'x');
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(reason)]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    const inside = text.split('\n')[1];
    if (inside && inside.length > 8) expect(stderr).not.toContain(inside);
    expect(server.seen).toEqual([]);
  });

  it.each([0o644, 0o640, 0o604, 0o620])('with mode %o is refused, as others may have it', async (mode) => {
    const file = await logIn();
    chmodSync(file, mode);
    const { code, stderr } = await artdag('whoami');
    expect([code, stderr]).toEqual([1, expect.stringContaining(`chmod 600 ${file}`)]);
    expect(server.seen).toEqual([]);
  });

  it('that is gone, or another than at the login, is said to be so', async () => {
    const file = await logIn();
    await artdag('keys', 'new', '--out', file, '--force');
    expect(await artdag('whoami')).toMatchObject({ code: 2, stderr: expect.stringContaining('is another key') });
    rmSync(file);
    expect(await artdag('whoami')).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no key file') });
    expect(server.seen).toEqual([]);
  });
});

describe('the keys of an identity', () => {
  it('are added with two proofs: a signature by the old one, and the answer of the new one', async () => {
    await logIn();
    const { code, stdout } = await artdag('keys', 'add', await makeKey('phone'), '--label', 'my phone');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Added key_\w+ \(sha256:[0-9a-f]{64}\)/)]);
    expect(server.keysOf('gabriel').map(({ label }) => label)).toEqual(['laptop', 'my phone']);
    expect(server.seen.map(({ target, verdict }) => [target, verdict])).toEqual([
      ['/api/auth/challenge', 'unsigned'],
      ['/api/auth/keys', 'signed'],
    ]);
  });

  it.each([
    [403, 'recent_login_required', 1, 'within 5 minutes of a login'],
    [401, 'msign_required', 2, 'artdag login --key FILE'],
  ])('cannot be added by a login that gets %i %s, and what to do is said', async (status, code, exit, words) => {
    server.instead = ({ target }) => {
      if (target === '/auth/login') return { status: 200, body: { session_token: 'opaque', expires_at: 'x' } };
      return target === '/api/auth/keys' ? { status, body: { code, detail: 'x' } } : undefined;
    };
    const args = ['login', '--server', server.url, '--username', 'ada', '--password-stdin'];
    await runArtdag(home, args, { input: 'correct horse' });
    const { code: got, stderr } = await artdag('keys', 'add', await makeKey('phone'));
    expect([got, stderr]).toEqual([exit, expect.stringContaining(words)]);
    expect(server.seen.at(-1)?.headers.authorization).toBe('Bearer opaque');
  });

  it('are listed, with which of them is in use', async () => {
    await logIn();
    await artdag('keys', 'add', await makeKey('phone'));
    const lines = (await artdag('keys', 'list')).stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(/ {2,}/).at(-1))).toEqual(['STATE', 'in use', 'valid']);
    expect(JSON.parse((await artdag('keys', 'list', '--json')).stdout)).toEqual({ keys: server.keysOf('gabriel') });
  });

  it('are none for an account that never had one', async () => {
    await logIn();
    server.instead = () => ({ status: 404, body: { code: 'identity_not_found', detail: 'x' } });
    expect(await artdag('keys', 'list')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('You have no keys'),
    });
  });

  it('are revoked by id or by the beginning of the fingerprint', async () => {
    await logIn();
    await artdag('keys', 'add', await makeKey('phone'));
    await artdag('keys', 'add', await makeKey('tablet'));
    const [, phone, tablet] = server.keysOf('gabriel');
    expect((await artdag('keys', 'revoke', phone?.key_id ?? '')).stdout).toContain(`Revoked ${phone?.key_id}`);
    expect((await artdag('keys', 'revoke', tablet?.fingerprint.slice(7, 17) ?? '')).code).toBe(0);
    expect(server.keysOf('gabriel').map(({ revoked_at }) => revoked_at !== null)).toEqual([false, true, true]);
    expect((await artdag('whoami')).code).toBe(0);
  });

  it.each(['key_none', 'abc', 'sha256:', '0123456789', ''])('are left alone when "%s" names none', async (named) => {
    await logIn();
    const { code, stderr } = await artdag('keys', 'revoke', named, '--yes');
    expect([code, stderr]).toEqual([1, expect.stringContaining('there is no key')]);
    expect(server.seen.some(({ method }) => method === 'DELETE')).toBe(false);
  });

  it('are not revoked without a yes when it is the last or the one in use; then the login is over', async () => {
    await logIn();
    const [laptop] = server.keysOf('gabriel');
    const last = await artdag('keys', 'revoke', laptop?.key_id ?? '');
    expect([last.code, last.stderr]).toEqual([1, expect.stringMatching(/your last key.*--yes/)]);
    await artdag('keys', 'add', await makeKey('phone'));
    const used = await artdag('keys', 'revoke', laptop?.key_id ?? '');
    expect([used.code, used.stderr]).toEqual([1, expect.stringMatching(/the key that you are using.*--yes/)]);
    expect(laptop?.revoked_at).toBeNull();
    const done = await artdag('keys', 'revoke', laptop?.key_id ?? '', '--yes');
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('you are logged out')]);
    expect(existsSync(config())).toBe(false);
  });

  it('count as revoked when the answer was lost and the key signs no more', async () => {
    await logIn();
    const [laptop] = server.keysOf('gabriel');
    server.instead = ({ method }, count) => {
      if (method !== 'DELETE' || count > 2 || !laptop) return undefined;
      laptop.revoked_at = '2026-11-22T12:00:00Z';
      return 'hang up';
    };
    expect(await artdag('keys', 'revoke', laptop?.key_id ?? '', '--yes')).toMatchObject({ code: 0 });
    expect(server.seen.at(-1)?.verdict).toBe('key_revoked');
  });
});

describe('artdag logout after a login by key', () => {
  it('forgets it, asks the server nothing, and says that the key stays valid', async () => {
    const file = await logIn();
    const { code, stdout } = await artdag('logout');
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining(`artdag keys revoke ${server.keysOf('gabriel')[0]?.key_id}`),
    ]);
    expect(server.seen).toEqual([]);
    expect([existsSync(config()), existsSync(file)]).toEqual([false, true]);
  });

  it('ends all sessions with --all, and keeps the login when it cannot', async () => {
    await logIn();
    server.instead = () => ({ status: 503, body: { code: 'dependency_unavailable', detail: 'Try again.' } });
    expect((await artdag('logout', '--all')).code).toBe(1);
    expect(existsSync(config())).toBe(true);
    expect(new Set(server.seen.map(({ headers }) => headers.authorization)).size).toBe(server.seen.length);
    server.instead = () => undefined;
    expect((await artdag('logout', '--all')).code).toBe(0);
    expect(server.seen.at(-1)).toMatchObject({ target: '/auth/logout', verdict: 'signed' });
    expect(server.seen.at(-1)?.body.toString()).toBe('{"all":true}');
    expect(existsSync(config())).toBe(false);
  });
});

describe('artdag agents', () => {
  it('makes an agent with the proof of its own key, for a time', async () => {
    await logIn();
    server.instead = ({ target, body }) => {
      if (target !== '/api/identities/agent') return undefined;
      const { handle } = JSON.parse(body.toString()) as { handle: string };
      return { status: 201, body: { identity: { handle }, key: { key_id: 'key_a' }, expires_at: 'then' } };
    };
    const can = ['--can', 'read:*', '--can', 'assets:create'];
    const made = await artdag(
      'agents',
      'new',
      'bot',
      '--key',
      await makeKey('bot'),
      ...can,
      '--ttl',
      '90m',
      '--model',
      'm1',
    );
    expect([made.code, made.stdout]).toEqual([0, expect.stringContaining('Made the agent bot (key_a)')]);
    expect(server.seen.at(-1)?.verdict).toBe('signed');
    expect(JSON.parse(server.seen.at(-1)?.body.toString() ?? '')).toMatchObject({
      ...{ handle: 'bot', capabilities: ['read:*', 'assets:create'], ttl_seconds: 5400, agent_model: 'm1' },
      signature_b64: expect.any(String),
    });
  });

  it.each(['2', '2w', '-1h', '1.5h', ''])('refuses the time span "%s"', async (ttl) => {
    await logIn();
    const { code, stderr } = await artdag(
      'agents',
      'new',
      'bot',
      '--key',
      keyFile('laptop'),
      '--can',
      'read:*',
      `--ttl=${ttl}`,
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining('is no time span')]);
    expect(server.seen).toEqual([]);
  });

  it('lists agents and ends one', async () => {
    await logIn();
    const agent = {
      handle: 'bot',
      agent_model: null,
      agent_capabilities: ['read:*'],
      expires_at: 'then',
      ended_at: null,
    };
    server.instead = ({ method }) =>
      method === 'GET' ? { status: 200, body: { identities: [agent], total: 51 } } : { status: 204 };
    expect((await artdag('agents', 'list')).stdout).toMatch(/bot +read:\* +until then\n51 in all.*--page 2/);
    expect((await artdag('agents', 'revoke', 'b/t')).stdout).toContain('Ended the agent b/t');
    expect(server.seen.at(-1)).toMatchObject({ method: 'DELETE', target: '/api/identities/agent/b%2Ft' });
  });
});
