import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, freePort } from '@artdag/testing';
import { call, newAccount, newContentHash, type Account } from './lib/api-client.ts';
import { atPorts, consoleSteps, withoutChance, type Step } from './lib/console-blocks.ts';
import { root } from './lib/scripts.ts';
import { endGroup, openShell, type ShellSession } from './lib/shell-session.ts';

const page = readFileSync(join(root, 'docs', 'l1-operators.md'), 'utf8');
const steps = consoleSteps(page);
/** The rest of its commands, which stand for what an L1 does in its own language. */
const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
const block = (word: string): string => blocks.find((text) => text.includes(word)) ?? `echo no block with ${word}`;

/** These stay on in terminals of their own. */
const isServer = ({ command }: Step): boolean => command.includes('npm start') || command.startsWith('npm run');

const execute = promisify(execFile);

let folder: string;
let terminal: ShellSession;
let ports: { 8200: number; 8100: number };
const servers = new Map<string, { child: ChildProcess; output(): string }>();
const here = (text: string): string => atPorts(text, ports);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'artdag-l1-operator-'));
  ports = { 8200: await freePort(), 8100: await freePort() };
  terminal = openShell({ cwd: folder, env: { PATH: process.env['PATH'] ?? '', HOME: folder } });
});
afterAll(async () => {
  await terminal.end();
  for (const { child } of [...servers.values()].toReversed()) await endGroup(child);
  rmSync(folder, { recursive: true, force: true });
});

function start(command: string): () => string {
  const isL2 = command.includes('npm start');
  const ours = {
    PORT: String(isL2 ? ports[8200] : ports[8100]),
    ...(isL2 ? {} : { L2_SERVERS: `http://localhost:${ports[8200]}` }),
  };
  const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, HOME: folder, CI: '', ...ours };
  const child = spawn('bash', ['-c', here(command)], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  servers.set(isL2 ? 'L2' : 'L1', { child, output: () => text });
  return () => text;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map(withoutChance)
    .filter((line) => line !== '');

describe('docs/l1-operators.md, word for word', () => {
  it.each(steps.map((step): [string, Step] => [step.command, step]))('$ %s', async (_, step) => {
    const expected = linesOf(here(step.output.join('\n')));
    if (isServer(step)) {
      const output = start(step.command);
      await eventually(() => expect(linesOf(output())).toEqual(expect.arrayContaining(expected)));
      return;
    }
    // What follows a logout is done within a second or so, as it is for a reader who types.
    const again = step.command.startsWith('curl -s -b') ? 90_000 : 0;
    await eventually(async () => expect(linesOf(await terminal.run(here(step.command)))).toEqual(expected), {
      timeoutMs: again,
    });
  });

  it('has the L1 say who went', () => {
    const [, said = 'nothing'] = /terminal says[^`]*`([^`]+)`/.exec(page) ?? [];
    expect(servers.get('L1')?.output()).toContain(here(said));
  });

  it('links to files that are there', () => {
    const links = [...page.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path ?? '');
    expect(links.length).toBeGreaterThan(2);
    expect(links.filter((link) => !existsSync(join(root, 'docs', link)))).toEqual([]);
  });
});

describe('an L1 that is made of the page’s commands', () => {
  interface Arrival {
    url: string;
    headers: IncomingHttpHeaders;
    body: string;
  }
  const arrived: Arrival[] = [];
  const none: Arrival = { url: '', headers: {}, body: '{}' };
  let server: Server;
  let account: Account;
  const env = { L2: '', L1: '', L1_TOKEN: '' };
  let runHash: string;

  /** Its output, whatever it ended with. */
  const sh = async (script: string, more: Record<string, string> = {}): Promise<string> => {
    const { PATH = '' } = process.env;
    const running = execute('sh', ['-c', script], { cwd: folder, env: { PATH, ...env, ...more } });
    return (await running.catch((error: { stdout: string }) => error)).stdout;
  };
  const renderers = (what: 'attach' | 'detach') =>
    call(env.L2, `/renderers/${what}`, { token: account.token, body: { l1_server: env.L1 } });

  beforeAll(async () => {
    const example = servers.get('L1');
    if (example) await endGroup(example.child);
    runHash = newContentHash();
    server = createServer((req, res) => {
      res.setHeader('content-type', 'application/json');
      if (req.method === 'GET') return void res.end(runOf(account.username, runHash));
      return void readAll(req).then((body) => {
        arrived.push({ url: String(req.url), headers: req.headers, body });
        res.end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(ports[8100], '127.0.0.1', resolve));
    env.L2 = `http://localhost:${ports[8200]}`;
    env.L1 = `http://localhost:${ports[8100]}`;
    account = await newAccount(env.L2);
    env.L1_TOKEN = String((await renderers('attach')).body['token']);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  /** The page's example of a run, finished for somebody here. */
  function runOf(username: string, hash: string): string {
    const [, text = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    return text.replace(/<SHA3-256[^>]*>/, hash).replace('giles', username);
  }

  it('makes a key', async () => {
    await sh(block('genpkey'));
    expect(readFileSync(join(folder, 'l1-key.pub'), 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(await sh('openssl pkey -in l1-key.pem -noout -text')).toContain('2048 bit');
  });

  it('asks about a token', async () => {
    expect(JSON.parse(await sh(block('/auth/verify')))).toMatchObject({
      ...{ valid: true, username: account.username, display_name: account.username },
      ...{ l2_server: env.L2, l1_server: env.L1 },
      jti: expect.stringMatching(/^tok_/),
    });
  });

  it('publishes a run', async () => {
    expect(JSON.parse(await sh(block('/assets/record-run')))).toMatchObject({
      ...{ name: 'first-light', content_hash: runHash, owner: account.username },
      provenance: { l1_server: env.L1, run_id: '8e1c', recipe: { seed: 'first light', circles: 12 } },
    });
  });

  it('tells L2 that somebody has signed out there, by the token and by its id', async () => {
    const another = async (): Promise<{ L1_TOKEN: string; JTI: string }> => {
      const token = String((await renderers('attach')).body['token']);
      const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
      return { L1_TOKEN: token, JTI: (JSON.parse(claims) as { jti: string }).jti };
    };
    const [one, other] = [await another(), await another()];
    const said = await sh(block('/auth/revoke"'), { L1_TOKEN: one.L1_TOKEN, JTI: other.JTI });
    expect(said).toBe('{"revoked":true}{"revoked":true}');
    for (const { L1_TOKEN } of [one, other])
      expect(JSON.parse(await sh(block('/auth/verify'), { L1_TOKEN }))).toMatchObject({ code: 'token_revoked' });
    expect(JSON.parse(await sh(block('/auth/verify')))).toMatchObject({ valid: true });
  });

  it('is told by L2, finds the token by its hash, and checks the call by openssl, which sees one changed byte', async () => {
    expect((await renderers('detach')).status).toBe(200);
    await eventually(() => arrived.some(({ url }) => url === '/auth/revoke'));
    const { headers, body } = arrived.find(({ url }) => url === '/auth/revoke') ?? none;
    const said = JSON.parse(body) as Record<string, unknown>;
    expect(said).toMatchObject({ username: account.username, l2_server: env.L2 });
    expect(said['token_hash']).toBe((await sh(block('dgst -sha256 -r'))).trim());

    await sh(block('>l2-key.pub'));
    const { host = '', date = '', digest, signature } = headers;
    const sent = { HOST_HEADER: host, DATE: date, DIGEST: String(digest), SIGNATURE: String(signature) };
    const check = (text: string, more: Record<string, string> = {}): Promise<string> => {
      writeFileSync(join(folder, 'body.json'), text);
      return sh(block('-verify'), { ...sent, ...more });
    };
    expect(await check(body)).toBe('digest ok\nVerified OK\n');
    expect(await check(body, { DATE: new Date(0).toUTCString() })).toBe('digest ok\nVerification failure\n');
    expect(await check(body.replace(account.username, account.username.toUpperCase()))).toBe('Verified OK\n');
    expect(JSON.parse(await sh(block('/auth/verify')))).toMatchObject({ code: 'token_revoked' });
  });
});
