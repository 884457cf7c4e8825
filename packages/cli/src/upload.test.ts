import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RegistryServer, type Reply, type SeenRequest } from './registry-server.testing.ts';
import { client, clientFolder, runArtdag, type Run } from './run-artdag.testing.ts';

interface Line {
  name: string;
  content_hash: string;
  asset_type: string;
  tags: string[];
}

let home: string;
let art: string;
let server: RegistryServer;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'artdag-upload-'));
  art = join(home, 'art');
  server = await new RegistryServer().start();
  server.answer = registerAll;
});

afterEach(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

function write(path: string, content: string): string {
  const file = join(art, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const linesOf = ({ text }: SeenRequest): Line[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const registered = ({ name }: Line, at: number) => ({
  ...{ line: at + 1, status: 201, asset: { name, activity_url: `https://l2/activities/${name}` } },
});
const registerAll = (request: SeenRequest): Reply => ({ status: 200, lines: linesOf(request).map(registered) });
const upload = (...args: string[]): Promise<Run> => runArtdag(home, ['upload', ...args], { env: server.env });
const sorted = ({ stdout }: Run): string[] => stdout.trimEnd().split('\n').slice(0, -1).toSorted();
const summary = ({ stdout }: Run): string => stdout.trimEnd().split('\n').at(-1) ?? '';
const sha3 = (text: string): string => createHash('sha3-256').update(text).digest('hex');
const journal = (): string => {
  const folder = join(clientFolder(home), 'uploads');
  return join(folder, readdirSync(folder)[0] ?? '');
};

describe('artdag upload of a folder', () => {
  it('claims its files by batch, with a line for each, and leaves out what is hidden or a link', async () => {
    write('a/1.png', 'one');
    write('b/1.png', 'two');
    write('.git/config', 'hidden');
    symlinkSync(art, join(art, 'loop'));
    const run = await upload(art, '--tag', 'series', '--jobs', '2');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(sorted(run)).toEqual([
      `registered  a-1.png  ${join(art, 'a/1.png')}`,
      `registered  b-1.png  ${join(art, 'b/1.png')}`,
    ]);
    expect(summary(run)).toBe(
      '2 registered, 0 unchanged, 0 failed. Left out: 1 hidden (--hidden takes them), 1 symbolic links (--links takes them).',
    );
    const headers = { 'content-type': 'application/x-ndjson', 'x-api-key': 'dk_test' };
    for (const request of server.seen)
      expect(request).toMatchObject({ method: 'POST', path: '/assets/batch', headers });
    expect(server.seen.flatMap(linesOf).toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'a-1.png', content_hash: sha3('one'), asset_type: 'image', tags: ['series'] },
      { name: 'b-1.png', content_hash: sha3('two'), asset_type: 'image', tags: ['series'] },
    ]);
  });

  it('takes hidden files and links when it is told to, and each file once', async () => {
    write('1.png', 'one');
    write('.hidden', 'two');
    symlinkSync(art, join(art, 'loop'));
    symlinkSync(join(home, 'elsewhere'), join(art, 'linked'));
    mkdirSync(join(home, 'elsewhere'));
    writeFileSync(join(home, 'elsewhere', '2.png'), 'three');
    const run = await upload(art, join(art, '1.png'), '--hidden', '--links');
    expect(sorted(run).map((line) => line.split(/ +/)[1])).toEqual(['1.png', 'hidden', 'linked-2.png']);
  });

  it('says what failed and why, registers the others, and exits with 1', async () => {
    write('a/x.png', 'one!');
    const same = write('a-x.png', 'two');
    write('mine.png', 'three');
    write('theirs.png', 'four');
    server.answer = (request) => ({
      status: 200,
      lines: linesOf(request).map((line, at) => {
        if (line.name === 'mine.png') return { ...registered(line, at), status: 200 };
        if (line.name !== 'theirs.png') return registered(line, at);
        return { line: at + 1, status: 409, code: 'content_already_owned', detail: 'Somebody claimed it first.' };
      }),
    });
    const run = await upload(art, join(home, 'missing'), '--json', '--jobs', '1');
    const told = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(run.code).toBe(1);
    const by = (status: string) => told.filter((each) => each['status'] === status);
    expect(by('unchanged')).toMatchObject([{ name: 'mine.png', activity_url: 'https://l2/activities/mine.png' }]);
    expect(by('registered')).toMatchObject([{ name: 'a-x.png', size: 4 }]);
    expect(by('failed').map(({ path, code, reason }) => [path, code, reason])).toEqual([
      [join(home, 'missing'), undefined, 'there is no such file.'],
      [same, undefined, expect.stringContaining('it would be named a-x.png')],
      [join(art, 'theirs.png'), 'content_already_owned', 'Somebody claimed it first. (content_already_owned)'],
    ]);
    expect(told.at(-1)).toMatchObject({
      summary: { total: 5, registered: 1, unchanged: 1, failed: 3, not_sent: 0, left_out: { hidden: 0 } },
    });
  });

  it('sends again what the server did not come to, from there on', async () => {
    for (let at = 1; at <= 4; at += 1) write(`${at}.txt`, String(at));
    let stopped = false;
    server.answer = (request) => {
      const lines = linesOf(request);
      const at = lines.findIndex(({ name }) => name === '3.txt');
      if (stopped || at === -1) return registerAll(request);
      stopped = true;
      const rest = { line: at + 1, status: 503, code: 'signing_unavailable', detail: 'Later.', rest: true };
      return { status: 200, lines: [...lines.slice(0, at).map(registered), rest] };
    };
    const run = await upload(art, '--jobs', '1');
    expect([run.code, summary(run)]).toEqual([0, '4 registered, 0 unchanged, 0 failed.']);
    const sent = server.seen.map((request) => linesOf(request).map(({ name }) => name));
    const stoppedIn = sent.findIndex((names) => names.includes('3.txt'));
    expect(sent[stoppedIn + 1]?.[0]).toBe('3.txt');
    expect(sent.flat().filter((name) => name < '3')).toEqual(['1.txt', '2.txt']);
  });

  it('stops with exit code 2 when the credential is not accepted', async () => {
    write('1.txt', '1');
    server.answer = () => ({ status: 401, body: { code: 'invalid_api_key', detail: 'x' } });
    const run = await upload(art);
    expect([run.code, summary(run)]).toEqual([2, '0 registered, 0 unchanged, 0 failed, 1 not sent.']);
    expect(run.stderr).toContain('the API key is not accepted');
  });

  it('names files by a template, and sends nothing on a dry run', async () => {
    write('a/Süß.png', 'one');
    const run = await upload(art, '--dry-run', '--name-template', 'set-{stem}.{hash}.{ext}');
    expect(run.stdout).toContain(`would be    set-Su-.${sha3('one')}.png`);
    expect(server.seen).toEqual([]);
    const bad = await upload(art, '--name-template', '{nothing}');
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining('--name-template knows no {nothing}')]);
  });

  it('shows nothing of a file name that would move the cursor', async () => {
    write('a\u001b[2Jb.txt', 'one');
    expect((await upload(art)).stdout).not.toContain('\u001b');
  });
});

describe('an upload that is interrupted', () => {
  it('ends at Ctrl-C with exit code 130, and goes on without hashing again what has not changed', async () => {
    const [one = ''] = [write('1.txt', 'one'), write('2.txt', 'two')];
    server.answer = () => undefined;
    const child = spawn(process.execPath, [client, 'upload', art], {
      env: { ...process.env, ...server.env, HOME: home, NODE_OPTIONS: '', XDG_CONFIG_HOME: '' },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = once(child, 'close');
    while (server.seen.length === 0 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(stdout).toBe('0 registered, 0 unchanged, 0 failed, 2 not sent.\n');
    expect(stderr).toBe('artdag: interrupted. Run the same again to go on where this ended.\n');
    expect(statSync(journal()).mode & 0o777).toBe(0o600);

    // Whoever hashed it again would find its hash and not this one; and the run was killed in the middle of a line.
    const kept = readFileSync(journal(), 'utf8').replace(sha3('two'), sha3('known'));
    writeFileSync(journal(), `${kept}{"path":"${one}","sta`);
    writeFileSync(one, 'changed');
    server.answer = registerAll;
    const hashesOf = async (...more: string[]) => {
      server.seen.length = 0;
      expect((await upload(art, ...more)).code).toBe(0);
      return server.seen
        .flatMap(linesOf)
        .map(({ content_hash }) => content_hash)
        .toSorted();
    };
    expect(await hashesOf()).toEqual([sha3('changed'), sha3('known')].toSorted());
    expect(await hashesOf()).toEqual([sha3('changed'), sha3('known')].toSorted());
    expect(await hashesOf('--rehash')).toEqual([sha3('changed'), sha3('two')].toSorted());
  });
});

describe('an upload that is killed', () => {
  /** Kills it once it has hashed all that comes before a file that takes its time. */
  async function killWhileHashing(): Promise<void> {
    const env = { ...process.env, ...server.env, HOME: home, NODE_OPTIONS: '', XDG_CONFIG_HOME: '' };
    const child = spawn(process.execPath, [client, 'upload', art, '--jobs', '1'], { env, stdio: 'ignore' });
    const ended = once(child, 'close');
    const uploads = join(clientFolder(home), 'uploads');
    while (!existsSync(uploads) || !readFileSync(journal(), 'utf8').includes(sha3('four')))
      await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
  }

  /** Who hashes a file again does not find these. */
  const falsified = (text: string): string =>
    ['one', 'two', 'three', 'four'].reduce((all, each) => all.replace(sha3(each), sha3(`known ${each}`)), text);

  it('hashes again what was changed in any way, what it was at, and nothing else', async () => {
    const [same = '', replaced = '', touched = ''] = [write('1', 'one'), write('2', 'two'), write('3', 'three')];
    write('4', 'four');
    const large = write('5-large', '');
    truncateSync(large, 1024 * 1024 * 1024);
    server.answer = () => undefined;
    await killWhileHashing();
    const kept = readFileSync(journal(), 'utf8');
    expect(kept.trimEnd().split('\n')).toHaveLength(4);
    writeFileSync(journal(), falsified(kept));

    // As long as it was, and as old; another file in its place, as long and as old; the same content, written anew.
    const { atime, mtime } = statSync(same);
    writeFileSync(same, 'ONE');
    utimesSync(same, atime, mtime);
    const of = statSync(replaced);
    writeFileSync(`${replaced}.new`, 'TWO');
    utimesSync(`${replaced}.new`, of.atime, of.mtime);
    renameSync(`${replaced}.new`, replaced);
    writeFileSync(touched, 'three');
    truncateSync(large, 3);

    server.seen.length = 0;
    server.answer = registerAll;
    expect((await upload(art)).code).toBe(0);
    expect(
      server.seen
        .flatMap(linesOf)
        .map(({ name, content_hash }) => [name, content_hash])
        .toSorted(),
    ).toEqual([
      ['1', sha3('ONE')],
      ['2', sha3('TWO')],
      ['3', sha3('three')],
      ['4', sha3('known four')],
      ['5-large', sha3('\0\0\0')],
    ]);
  });
});

describe('a large file', () => {
  it('is hashed within 300 MB of memory', async () => {
    const file = write('large.bin', '');
    const size = 600 * 1024 * 1024;
    truncateSync(file, size);
    // Linux counts in `maxRSS` what the process was before it became this program, so the peak is its own only in /proc.
    const tell = `import fs from 'node:fs'; process.on('exit', () => {
      const own = fs.existsSync('/proc/self/status') && /VmHWM:\\s*(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))?.[1];
      process.stderr.write((own || process.resourceUsage().maxRSS) + '\\n');
    })`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(tell)}`;
    const { stdout, stderr } = await runArtdag(home, ['upload', file, '--dry-run', '--json'], {
      env: { ...server.env, NODE_OPTIONS },
    });
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ size });
    expect(Math.max(...stderr.trim().split('\n').map(Number))).toBeLessThan(300_000);
  });
});
