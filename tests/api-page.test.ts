import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { asShown, readApiPage, type Example } from './lib/api-page.ts';
import { withoutChance } from './lib/console-blocks.ts';
import { root } from './lib/scripts.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

const page = readFileSync(join(root, 'docs', 'api.md'), 'utf8');
const { examples, script } = readApiPage(page);

const says = (tool: string, option: string): string => String(spawnSync(tool, [option]).stdout);
/** The page's script needs tools that the suite does not: like a broker, they may be missing anywhere but in CI. */
const canVerify =
  process.env['CI'] === 'true' ||
  (says('python3', '--version').startsWith('Python 3') && /^OpenSSL [3-9]/.test(says('openssl', 'version')));
if (!canVerify)
  console.log('Left out: the verification and the keys in docs/api.md, as they need Python 3 and OpenSSL 3.');
const needsTools = ({ command }: Example): boolean => /python3|openssl|prove\.sh|msign\.sh|gabriel/.test(command);

let suite: StandaloneSuite;
/** Where the reader sits: it has the picture and the script of the page. */
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'artdag-reader-'));
  suite = await startStandalone();
  const picture = join('docs', 'art', 'first-light.png');
  mkdirSync(join(folder, dirname(picture)), { recursive: true });
  copyFileSync(join(root, picture), join(folder, picture));
  writeFileSync(join(folder, 'verify_claim.py'), script);
});

afterAll(async () => {
  await suite?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command of the page as in one shell after the ones before it, and gives its output with the page's address in it. */
async function run(command: string): Promise<string> {
  const variables = join(folder, 'variables');
  const { PATH = '' } = process.env;
  const { host } = new URL(suite.url);
  const line = `touch ${variables}; . ${variables}; set -a\n${command.replaceAll('localhost:8200', host)}\nexport -p > ${variables}`;
  const shell = spawn('bash', ['-c', line], {
    cwd: folder,
    env: { PATH: `${dirname(process.execPath)}:${PATH}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return (await readAll(shell.stdout)).replaceAll(host, 'localhost:8200');
}

async function expectAsShown({ command, answer }: Example): Promise<void> {
  const output = await run(command);
  if (answer?.form === 'json') {
    const shown: unknown = JSON.parse(answer.text);
    expect(asShown(JSON.parse(output), shown)).toEqual(asShown(shown, shown));
  } else {
    expect(withoutChance(output)).toBe(withoutChance(answer?.text ?? ''));
  }
}

describe('docs/api.md, from top to bottom', () => {
  it.each(
    examples
      .filter((example) => canVerify || !needsTools(example))
      .map((example): [string, Example] => [example.title, example]),
  )('%s', async (_, example) => {
    // What follows an event is true within a second or two; what is sent is sent once.
    if (/ -d /.test(example.command)) await expectAsShown(example);
    else await eventually(() => expectAsShown(example), { everyMs: 200 });
  });

  it('has an example of every operation', () => {
    const { paths } = JSON.parse(readFileSync(join(root, 'docs', 'openapi.json'), 'utf8')) as {
      paths: Record<string, object>;
    };
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const titles = examples.flatMap(({ title }) => title.split(', '));
    expect(operations.filter((operation) => !titles.includes(operation))).toEqual([]);
  });

  it('explains every code of the API description', () => {
    const description = readFileSync(join(root, 'docs', 'openapi.json'), 'utf8');
    const codes = [...description.matchAll(/"description": "(`[a-z_]+`(?:, `[a-z_]+`)*)"/g)].flatMap(([, list = '']) =>
      list.split(', '),
    );
    expect(codes.length).toBeGreaterThan(30);
    expect([...new Set(codes)].filter((code) => !page.includes(code))).toEqual([]);
  });
});

if (canVerify) {
  describe('the verification in docs/api.md', () => {
    type Json = Record<string, unknown>;

    /** What the script says of a claim that some other server shows as its own. */
    async function verify(change: (claim: Json) => Json, ...files: string[]): Promise<string> {
      const claim = (await (await fetch(`${suite.url}/activities/0`)).json()) as Json;
      const server = createServer((request, response) => {
        const id = `http://${request.headers.host}/claim`;
        response.end(JSON.stringify(change({ ...claim, id })));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/claim`;
      const python = spawn('python3', ['verify_claim.py', url, ...files], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const said = await readAll(python.stderr);
      server.close();
      return said.trim();
    }

    it.each<[string, (claim: Json) => Json, string]>([
      ['with another id', (claim) => claim, 'the signature is not right'],
      ['of somebody else', (claim) => ({ ...claim, actor: `${suite.url}/users/eve` }), "the key is not the actor's"],
      ['that stands elsewhere', (claim) => ({ ...claim, id: 'urn:elsewhere' }), 'the claim is another one'],
    ])('does not believe a claim %s', async (_, change, reason) => {
      await fetch(`${suite.url}/auth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'eve', password: 'correct horse battery staple' }),
      });
      expect(await verify(change)).toBe(`NOT VERIFIED: ${reason}`);
    });

    it('does not take another file for the claimed one', async () => {
      expect(await run('python3 verify_claim.py $CLAIM verify_claim.py 2>&1')).toBe(
        'NOT VERIFIED: verify_claim.py is another file\n',
      );
    });
  });
}
