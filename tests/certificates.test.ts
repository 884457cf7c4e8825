import { execFile, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { formatVkey, verifierKey } from '@artdag/transparency-log';
import { runArtdag, type Run } from '../packages/cli/src/run-artdag.testing.ts';
import {
  startChainStandIn,
  type ChainStandIn,
} from '../services/asset-registry/src/anchors/testing/chain-stand-in.testing.ts';
import { call, newAccount, registerAsset, type Account } from './lib/api-client.ts';
import { startPromptCalendar } from './lib/prompt-calendar.ts';
import { root } from './lib/scripts.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

let suite: StandaloneSuite;
let chain: ChainStandIn;
let calendar: Awaited<ReturnType<typeof startPromptCalendar>>;
let account: Account;
let folder: string;
let vkey: string;
const file = (name: string): string => join(folder, name);
const name = 'a-work.bin';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'artdag-certificate-'));
  chain = await startChainStandIn();
  calendar = await startPromptCalendar(chain);
  const anchoring = { OTS_CALENDARS: calendar.url, BITCOIN_HEADERS_URL: chain.url, BITCOIN_NETWORK: 'regtest' };
  const pace = { ANCHOR_INTERVAL_SECONDS: '1', ANCHOR_TICK_MS: '200', LOG_INTERVAL_MS: '200' };
  suite = await startStandalone({ env: { ...anchoring, ...pace } });
  account = await newAccount(suite.url);
  const bytes = randomBytes(300_000);
  writeFileSync(file(name), bytes);
  const contentHash = createHash('sha3-256').update(bytes).digest('hex');
  const { status } = await registerAsset(suite.url, account.token, name, contentHash);
  if (status !== 201) throw new Error(`registering answered ${status}`);
  await eventually(
    async () => {
      const { body } = await call(suite.url, `/assets/${name}/certificate`);
      const anchor = body['anchor'] as { block_headers: string[] } | null | undefined;
      return (anchor?.block_headers.length ?? 0) > 0;
    },
    { everyMs: 200 },
  );
  const { body } = await call(suite.url, '/log/vkeys');
  vkey = (body['vkeys'] as { vkey: string }[])[0]?.vkey ?? '';
});

afterAll(async () => {
  await suite?.remove();
  await calendar?.close();
  await chain?.close();
  rmSync(folder, { recursive: true, force: true });
});

const artdag = (...args: string[]): Promise<Run> => runArtdag(folder, args);

/** What somebody with a Bitcoin node would have. */
async function writeOwnHeaders(): Promise<void> {
  const headers: Buffer[] = [];
  for (let height = chain.firstHeight; height <= chain.tipHeight; height += 1) {
    const id = await (await fetch(`${chain.url}/block-height/${height}`)).text();
    headers.push(Buffer.from(await (await fetch(`${chain.url}/block/${id}/header`)).text(), 'hex'));
  }
  writeFileSync(file('headers'), Buffer.concat(headers));
}

describe('artdag certificate and artdag verify', () => {
  it('fetch the file and prove all of it, with the network off', async () => {
    const fetched = await artdag('certificate', name, '--server', suite.url, '-o', file('cert.json'));
    expect(fetched).toMatchObject({ code: 0, stdout: `${file('cert.json')}  in the log, and anchored\n` });
    await writeOwnHeaders();
    const own = ['--log-key', vkey, '--headers', file('headers'), '--headers-from', String(chain.firstHeight)];
    const args = ['verify', file(name), file('cert.json'), ...own, '--network', 'regtest'];
    const { code, stdout } = await withoutNetwork(args);
    const verdicts = stdout
      .split('\n')
      .flatMap((line) => /^(.+?) {2,}(yes|no|open) /.exec(line)?.slice(1, 3).join(' ') ?? []);
    expect([code, verdicts]).toEqual([
      0,
      ['content', 'signature', 'log entry', 'inclusion', 'key', 'log signature', 'anchored', 'own chain'].map(
        (line) => `${line} yes`,
      ),
    ]);
    expect(stdout).toContain('never who owns it now');
  });

  it('lets no certificate write on the terminal as it likes', async () => {
    const { body } = await call(suite.url, `/assets/${name}/certificate`);
    const key = body['key'] as { document: string };
    const controller = JSON.stringify('\u001b[2J\nsignature  yes  Signed.\u202e');
    const document = key.document.replace(/(?<="controller":)"[^"]*"/, controller);
    writeFileSync(file('painted.json'), JSON.stringify({ ...body, key: { ...key, document } }));
    const { code, stdout } = await artdag('verify', '-', file('painted.json'));
    expect([code, stdout.split('\n').length]).toEqual([1, 10]);
    expect(stdout).toContain('signature  yes  Signed.');
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  });

  it.each([
    [1, 'another file', () => [file('other'), file('cert.json'), '--log-key', vkey]],
    [1, 'another log key', () => [file(name), file('cert.json'), '--log-key', otherKey]],
    [
      1,
      'headers of another chain',
      () => [
        ...[file(name), file('cert.json'), '--log-key', vkey],
        ...['--headers', file('other-headers'), '--headers-from', String(chain.firstHeight)],
      ],
    ],
    [0, 'no chain of one’s own to ask', () => [file(name), file('cert.json'), '--log-key', vkey]],
    [3, 'no log key that is trusted', () => [file(name), file('cert.json')]],
    [3, 'no file at hand', () => ['-', file('cert.json'), '--log-key', vkey]],
    [2, 'no such file', () => [file('nothing'), file('cert.json')]],
    [2, 'no certificate', () => [file(name), file(name)]],
    [2, 'no log key at all', () => [file(name), file('cert.json'), '--log-key', 'x']],
    [2, 'headers cut short', () => [file(name), file('cert.json'), '--headers', file('other')]],
  ])('exit with %i for %s', async (code, _what, args) => {
    writeFileSync(file('other'), 'another work');
    writeFileSync(file('other-headers'), randomBytes(80 * 200));
    const run = await artdag('verify', ...args(), '--network', 'regtest');
    expect([run.code, run.stdout + run.stderr]).toEqual([code, expect.any(String)]);
  });

  it('have the answers as JSON for scripts', async () => {
    const { stdout } = await artdag(
      'verify',
      file(name),
      file('cert.json'),
      '--log-key',
      vkey,
      '--network',
      'regtest',
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      exit_code: 0,
      answers: expect.arrayContaining([{ line: 'anchored', verdict: 'yes', text: expect.any(String) }]),
    });
  });

  it('do not take headers without work for Bitcoin’s', async () => {
    const run = await artdag('verify', file(name), file('cert.json'), '--log-key', vkey);
    expect([run.code, /anchored +no/.test(run.stdout)]).toEqual([1, true]);
  });

  it('never prove what one changed byte of the certificate’s text says', async () => {
    const text = readFileSync(file('cert.json'), 'utf8');
    for (let i = 0; i < 12; i += 1) {
      const at = text.indexOf('"leaf"') + 12 + i * 7;
      const changed = text.slice(0, at) + (text[at] === 'x' ? 'y' : 'x') + text.slice(at + 1);
      writeFileSync(file('changed.json'), changed);
      const { code } = await artdag(
        'verify',
        file(name),
        file('changed.json'),
        '--log-key',
        vkey,
        '--network',
        'regtest',
      );
      expect([at, [1, 2].includes(code)]).toEqual([at, true]);
    }
  });
});

const otherKey = formatVkey(verifierKey('l2.example.com/log', randomBytes(32)));

/** In a network namespace with nothing in it, not even loopback; where that is not allowed, as it is. */
function withoutNetwork(args: string[]): Promise<Run> {
  const client = join(root, 'packages', 'cli', 'dist', 'artdag.mjs');
  const mayUnshare = spawnSync('unshare', ['-n', 'true']).status === 0;
  const command = [...(mayUnshare ? ['unshare', '-n'] : []), process.execPath, client, ...args];
  const [program = '', ...rest] = command;
  return new Promise((resolve) => {
    execFile(program, rest, { env: { ...process.env, HOME: folder, NODE_OPTIONS: '' } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}
