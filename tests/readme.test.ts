import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, freePort } from '@artdag/testing';
import { atPorts, consoleSteps, withoutChance, type Step } from './lib/console-blocks.ts';
import { root } from './lib/scripts.ts';

/** The README's journey, and the client's page, which goes on from there. */
const steps = ['README.md', 'docs/client.md'].flatMap((page) => consoleSteps(readFileSync(join(root, page), 'utf8')));
/** These stay on in terminals of their own. */
const isServer = ({ command }: Step): boolean => command.startsWith('npm start') || command.startsWith('npm run peer');

let home: string;
let ports: { 8200: number; 8210: number };
const here = (text: string): string => atPorts(text, ports);
const servers: ChildProcess[] = [];

beforeAll(async () => {
  ports = { 8200: await freePort(), 8210: await freePort() };
  home = mkdtempSync(join(tmpdir(), 'artdag-newcomer-'));
});

afterAll(async () => {
  for (const server of servers.toReversed()) {
    if (server.pid && server.exitCode === null) {
      process.kill(-server.pid, 'SIGTERM');
      await once(server, 'exit');
    }
  }
  rmSync(home, { recursive: true, force: true });
});

function run({ command }: Step): ChildProcess {
  const path = `${dirname(process.execPath)}:${process.env['PATH']}`;
  const own = { PORT: String(ports[8200]), ARTDAG_SERVER: `http://localhost:${ports[8200]}` };
  const env = { PATH: path, HOME: home, XDG_CONFIG_HOME: '', CI: '', ...own };
  return spawn('bash', ['-c', here(command)], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
}

function collect(child: ChildProcess): () => string[] {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text.split('\n').map(withoutChance);
}

async function outputOf(step: Step): Promise<string[]> {
  const child = run(step);
  const lines = collect(child);
  await once(child, 'close');
  return lines().filter((line) => line !== '');
}

describe("the README's first claim and the client's page, word for word", () => {
  it.each(steps.map((step): [string, Step] => [step.command, step]))('%s', async (_, step) => {
    const expected = step.output.map(here).map(withoutChance);
    if (isServer(step)) {
      const server = run(step);
      servers.push(server);
      const lines = collect(server);
      await eventually(() => expect(lines()).toEqual(expect.arrayContaining(expected)));
      return;
    }
    // What follows an event is done within a second or so, as it is for a reader who types.
    await eventually(async () => expect(await outputOf(step)).toEqual(expected), {
      timeoutMs: step.command.startsWith('curl -s http') ? 90_000 : 0,
    });
  });

  it('has a journey to run', () => expect(steps.length).toBeGreaterThanOrEqual(9));
});
