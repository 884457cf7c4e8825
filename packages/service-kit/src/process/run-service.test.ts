import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const script = fileURLToPath(new URL('./run-service.testing.ts', import.meta.url));

interface Run {
  child: ChildProcess;
  err: () => string;
  /** Resolves to the URL that it serves. */
  ready: Promise<string>;
  /** Resolves when it has written a line that begins with this word. */
  said: (word: string) => Promise<void>;
  exited: Promise<number | null>;
}

function run(env: Record<string, string>): Run {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  const line = (pattern: RegExp): Promise<string> =>
    new Promise((resolve) => {
      const look = (): void => {
        const [, rest] = pattern.exec(texts.out) ?? [];
        if (rest !== undefined) resolve(rest);
      };
      child.stdout.on('data', look);
      look();
    });
  child.stdout.on('data', (chunk: Buffer) => void (texts.out += chunk.toString()));
  const ready = line(/^ready (\S+)\n/m);
  const said = async (word: string): Promise<void> => void (await line(new RegExp(`^${word}(.*)\n`, 'm')));
  child.stderr.on('data', (chunk: Buffer) => void (texts.err += chunk.toString()));
  const exited = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  return { child, err: () => texts.err, ready, said, exited };
}

describe('runService', () => {
  it('says in one line what is wrong with the configuration, exit code 1', async () => {
    const { err, exited } = run({ PORT: 'abc' });
    expect(await exited).toBe(1);
    expect(err()).toBe('tried: cannot start: PORT: got "abc", wants a whole number from 0 to 65535\n');
  });

  it('says in one line that the port is taken or a dependency is away', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const inUse = run({ PORT: String(port) });
    expect(await inUse.exited).toBe(1);
    expect(inUse.err()).toBe(
      `tried: cannot start: PORT: cannot listen on 127.0.0.1:${port}, another program does already; stop it or set PORT to a free port\n`,
    );
    taken.close();
    const away = run({ BEHAVIOUR: 'no database' });
    expect(await away.exited).toBe(1);
    expect(away.err()).toBe('tried: cannot start: connect ECONNREFUSED db:5432\n');
  });

  it('shows the stack of a bug', async () => {
    const { err, exited } = run({ BEHAVIOUR: 'bug' });
    expect(await exited).toBe(1);
    expect(err()).toMatch(/^tried: cannot start: TypeError: start has a bug\n\s+at /);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('finishes the request in flight on %s, exit code 0', async (signal) => {
    const { child, ready, said, exited } = run({});
    const answer = fetch(await ready).then((response) => response.text());
    await said('asked');
    child.kill(signal);
    expect(await answer).toBe('finished');
    expect(await exited).toBe(0);
  });

  it('exits 1 when closing hangs beyond the bound, or fails', async () => {
    const hanging = run({ BEHAVIOUR: 'hangs', HURRY: '1500' });
    await hanging.ready;
    const startedAt = performance.now();
    hanging.child.kill('SIGTERM');
    expect(await hanging.exited).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(hanging.err()).toContain('did not close within 1500 ms');
    const failing = run({ BEHAVIOUR: 'close fails' });
    await failing.ready;
    failing.child.kill('SIGTERM');
    expect(await failing.exited).toBe(1);
    expect(JSON.parse(failing.err())).toMatchObject({
      level: 'error',
      service: 'tried',
      error: { message: 'cannot let go' },
    });
  });

  it('ends at once on a second signal', async () => {
    const { child, err, ready, said, exited } = run({ BEHAVIOUR: 'hangs' });
    await ready;
    child.kill('SIGTERM');
    await said('closing');
    child.kill('SIGTERM');
    expect(await exited).toBe(1);
    expect(err()).not.toContain('did not close');
  });

  it.each([
    ['throws later', 'uncaught error'],
    ['rejects later', 'unhandled rejection'],
  ])('logs once and exits 1 when something %s', async (behaviour, message) => {
    const { err, exited } = run({ BEHAVIOUR: behaviour });
    expect(await exited).toBe(1);
    expect(JSON.parse(err())).toMatchObject({ level: 'error', message, error: { message: 'late, Bearer [redacted]' } });
  });
});
