import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@artdag/testing';
import { median, printTable } from '../report.ts';
import { pssMiB } from './process-tree.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const rounds = 3;
const aim = { seconds: 4, mebibytes: 350 };

interface Start {
  seconds: number;
  mebibytes: number;
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** True when the port accepts a connection: cheaper to ask often than HTTP. */
function accepts(port: number): Promise<boolean> {
  const socket = createConnection({ host: '127.0.0.1', port });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

/** Ends a command as a terminal does, which signals the whole process group (npm alone would leave its child behind), and waits for the last of it. */
async function stopGroup(leader: number): Promise<void> {
  process.kill(-leader, 'SIGTERM');
  for (const end = performance.now() + 20_000; performance.now() < end; await sleep(20)) {
    try {
      process.kill(-leader, 0);
    } catch {
      return;
    }
  }
  throw new Error(`process group ${leader} does not end`);
}

/** Runs a command until it answers at `path`, notes time and memory, and stops it in order. */
async function measure(command: string[], port: number, path: string, env: Record<string, string>): Promise<Start> {
  const [program = '', ...args] = command;
  const begun = performance.now();
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  while (!(await accepts(port)) || !(await isReady(`http://127.0.0.1:${port}${path}`))) {
    if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended with ${child.exitCode}`);
    if (performance.now() - begun > 60_000) throw new Error(`${command.join(' ')} was not ready within a minute`);
    await sleep(5);
  }
  const seconds = (performance.now() - begun) / 1000;
  await sleep(500); // let what starting has used be settled, and its pages counted
  const mebibytes = pssMiB(child.pid ?? 0);
  await stopGroup(child.pid ?? 0);
  return { seconds, mebibytes };
}

async function measureSuite(dataFolder: string): Promise<Start> {
  const port = await freePort();
  return measure(['npm', 'start', '--silent'], port, '/readyz', {
    PORT: String(port),
    ARTDAG_DATA: dataFolder,
    LOG_LEVEL: 'error',
  });
}

/** The baseline: a bare Express application, started by npm as well. */
async function measureBare(): Promise<Start> {
  const port = await freePort();
  const script = join(import.meta.dirname, 'bare-app.js');
  return measure(['npm', 'exec', '--silent', '--', 'node', script, String(port)], port, '/', {});
}

const row = (name: string, { seconds, mebibytes }: Start): string[] => [name, seconds.toFixed(2), mebibytes.toFixed(0)];

function middle(starts: Start[]): Start {
  return {
    seconds: median(starts.map(({ seconds }) => seconds)),
    mebibytes: median(starts.map(({ mebibytes }) => mebibytes)),
  };
}

/** `npm start` to ready, install and build excluded, on an empty data folder and on a used one; memory as PSS over the whole process tree. */
export async function benchStart(): Promise<void> {
  const found: Record<'empty' | 'used' | 'bare', Start[]> = { empty: [], used: [], bare: [] };
  for (let round = 0; round < rounds; round += 1) {
    const dataFolder = mkdtempSync(join(tmpdir(), 'artdag-bench-'));
    chmodSync(dataFolder, 0o700);
    try {
      found.empty.push(await measureSuite(dataFolder));
      found.used.push(await measureSuite(dataFolder));
      found.bare.push(await measureBare());
    } finally {
      rmSync(dataFolder, { recursive: true, force: true });
    }
  }
  const [empty, used, bare] = [middle(found.empty), middle(found.used), middle(found.bare)];
  printTable([
    ['start', 'seconds', 'PSS MiB'],
    row('empty data folder', empty),
    row('used data folder', used),
    row('bare Express', bare),
  ]);
  process.stdout.write(
    `ratio to bare Express: ${(empty.seconds / bare.seconds).toFixed(2)} empty, ${(used.seconds / bare.seconds).toFixed(2)} used; `,
  );
  process.stdout.write(`aim: ${aim.seconds} s and ${aim.mebibytes} MiB at most\n`);
}
