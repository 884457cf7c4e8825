import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RegistryServer } from './registry-server.testing.ts';
import { clientFolder, runArtdag, type Run } from './run-artdag.testing.ts';

let home: string;
let server: RegistryServer;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'artdag-failure-'));
  server = await new RegistryServer().start();
});

afterEach(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

const artdag = (args: string[], env: NodeJS.ProcessEnv = server.env): Promise<Run> => runArtdag(home, args, { env });
const noServer = { ARTDAG_SERVER: 'http://127.0.0.1:9', ARTDAG_API_KEY: 'dk_test' };

/** What is said with `--json`, where it is one line, on standard error alone. */
async function failure(args: string[], env?: NodeJS.ProcessEnv): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await artdag([...args, '--json'], env);
  expect([stdout, stderr.endsWith('\n'), stderr.trimEnd().includes('\n')]).toEqual(['', true, false]);
  const said = JSON.parse(stderr) as Record<string, unknown>;
  expect(said).toMatchObject({ exit_code: code, error: expect.stringMatching(/\S/) });
  return said;
}

describe('a failure with --json', () => {
  it.each([
    ['a refusal', 409, { code: 'asset_exists', detail: 'It is there.' }, 1, 'It is there. (asset_exists)'],
    ['a credential that is no good', 401, { code: 'invalid_api_key', detail: 'x' }, 2, 'the API key is not accepted'],
    [
      'a validation error',
      422,
      { code: 'validation_error', detail: [{ loc: ['body', 'name'], msg: 'too long' }] },
      1,
      'body.name: too long',
    ],
  ])('is JSON on standard error, of %s', async (_, status, body, exit_code, words) => {
    server.answer = () => ({ status, body });
    const said = await failure(['show', 'a']);
    expect(said).toEqual({ code: body.code, error: expect.stringContaining(words), status, exit_code });
  });

  it('has the code refused where the server gave none', async () => {
    server.answer = () => ({ status: 500, body: {} });
    const said = { code: 'refused', error: 'the server answered 500.', status: 500, exit_code: 1 };
    expect(await failure(['show', 'a'])).toEqual(said);
  });

  it('keeps the status and the code of a refusal that is said in other words', async () => {
    const storage = { id: 'sto_1', provider_name: 'pins', pins: { total: 3 } };
    server.answer = ({ method }) =>
      method === 'GET'
        ? { status: 200, body: { storage: [storage] } }
        : { status: 409, body: { code: 'storage_in_use', detail: 'x' } };
    const said = await failure(['storage', 'remove', 'pins', '--yes']);
    expect(said).toMatchObject({ code: 'storage_in_use', status: 409, error: expect.stringContaining('--force') });
  });

  it('is JSON of a call that artdag request made, after its answer', async () => {
    server.answer = () => ({ status: 404, body: { code: 'not_found', detail: 'x' } });
    const { code, stdout, stderr } = await artdag(['request', 'GET', '/x', '--json']);
    expect([code, JSON.parse(stdout), JSON.parse(stderr)]).toEqual([
      1,
      { status: 404, headers: expect.objectContaining({}), body: { code: 'not_found', detail: 'x' } },
      { code: 'not_found', error: 'the server answered 404 (not_found).', status: 404, exit_code: 1 },
    ]);
  });

  it.each<[string, string[], NodeJS.ProcessEnv, string, number]>([
    ['a server that is away', ['show', 'a'], noServer, 'unreachable', 1],
    ['a server that watch cannot ask', ['watch', 'ada', '--once'], noServer, 'unreachable', 3],
    ['nobody who is logged in', ['whoami'], {}, 'not_logged_in', 2],
    ['a question that nobody answers', ['delete', 'a'], noServer, 'confirmation_required', 1],
    ['a file that is not there', ['upload', 'no-such-file'], noServer, 'failed', 1],
    ['a command that is none', ['uplaod'], {}, 'usage', 1],
    ['an option that is none', ['whoami', '--wrong'], {}, 'usage', 1],
    ['an argument that is missing', ['show'], {}, 'usage', 1],
    ['an argument too many', ['whoami', 'x'], {}, 'usage', 1],
    ['a value that is none of the choices', ['edit', 'a', '--visibility', 'secret'], {}, 'usage', 1],
    ['half a command', ['keys'], {}, 'usage', 1],
    ['no command', [], {}, 'usage', 1],
  ])('is JSON of %s', async (_, args, env, code, exit_code) => {
    expect(await failure(args, env)).toMatchObject({ code, exit_code });
  });

  it('is JSON of an answer that is no answer of ours', async () => {
    server.answer = () => ({ status: 200, lines: ['<p>Welcome</p>', 'x'] });
    expect(await failure(['show', 'a'])).toMatchObject({ code: 'unknown_answer' });
  });

  it('is JSON of a session that has ended', async () => {
    server.answer = () => ({ status: 200, body: { session_token: 's', expires_at: '2026-01-01T00:00:00Z' } });
    const login = ['login', '--server', server.url, '--username', 'ada', '--password-stdin'];
    await runArtdag(home, login, { input: 'x' });
    const file = join(clientFolder(home), 'client.json');
    const session = { server: server.url, username: 'ada', session_token: 's', refresh_token: 'r' };
    writeFileSync(file, JSON.stringify({ ...session, expires_at: '2026-01-01T00:00:00Z' }));
    server.answer = () => ({ status: 400, body: { code: 'invalid_grant', detail: 'x' } });
    expect(await failure(['whoami'], {})).toMatchObject({ code: 'session_ended', exit_code: 2 });
  });
});

describe('without --json', () => {
  it.each([
    [['whoami', '--wrong'], "error: unknown option '--wrong'\n"],
    [['delete', '--', '--json'], 'artdag: Delete --json for good? Its name and content stay taken. Add --yes'],
  ])('%j is words', async (args, words) => {
    const { code, stderr } = await artdag(args);
    expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
    expect(stderr).not.toContain('{');
  });

  it('shows the help of half a command', async () => {
    const { code, stdout, stderr } = await artdag(['keys']);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(/^Usage: artdag keys /)]);
  });

  it.each([[['--help']], [['keys', 'new', '--help']]])('%j is asked for, and no failure', async (args) => {
    const { code, stdout, stderr } = await artdag(args);
    expect([code, stdout, stderr]).toEqual([0, expect.stringMatching(/^Usage: artdag /), '']);
  });
});
