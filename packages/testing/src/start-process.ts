import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment } from './config.ts';

export interface StartProcessOptions {
  /** A `.js` or `.ts` file; TypeScript runs from source, with the workspaces' sources too. */
  script: string;
  args?: string[];
  /** Added to PATH, HOME and the like; nothing else of our own environment is handed on. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** Ready when this URL answers 2xx. */
  readyUrl?: string;
  /** Ready when a line of its output matches; the first group, if any, is the process's URL. */
  readyLine?: RegExp;
  /** Default two minutes. */
  timeoutMs?: number;
}

export interface StartedProcess {
  readonly pid: number;
  /** The origin of readyUrl, or what readyLine caught. */
  readonly url: string;
  /** What it has written to standard output and error so far. */
  readonly output: string;
  /** Resolves to its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** Sends a signal (default SIGKILL) and waits until the process is gone. */
  kill: (signal?: NodeJS.Signals) => Promise<number | NodeJS.Signals>;
  /** SIGTERM, and SIGKILL when it is still there after a minute. */
  stop: () => Promise<number | NodeJS.Signals>;
}

const READY_MS = 120_000;
const STOP_MS = 60_000;
const ANSWER_MS = 10_000;
const POLL_MS = 20;

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Runs a script with this Node and waits until it is ready. Rejects, with its output, when it ends before. */
export async function startProcess(o: StartProcessOptions): Promise<StartedProcess> {
  const flags = o.script.endsWith('.ts')
    ? ['--conditions=@artdag/source', '--disable-warning=ExperimentalWarning']
    : [];
  const child = spawn(process.execPath, [...flags, o.script, ...(o.args ?? [])], {
    env: { ...childEnvironment(), ...o.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(o.cwd === undefined ? {} : { cwd: o.cwd }),
  });
  children.add(child);
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const exited = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]) => {
    children.delete(child);
    return code ?? signal ?? 1;
  });
  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<number | NodeJS.Signals> => {
    child.kill(signal);
    return exited;
  };
  const stop = async (): Promise<number | NodeJS.Signals> => {
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    return kill('SIGTERM').finally(() => clearTimeout(late));
  };
  try {
    const url = await untilReady(o, child, () => output);
    const started = { pid: child.pid ?? 0, url, exited, kill, stop };
    return Object.defineProperty(started, 'output', { get: () => output }) as StartedProcess;
  } catch (error) {
    await kill();
    throw error;
  }
}

async function untilReady(o: StartProcessOptions, child: ChildProcess, output: () => string): Promise<string> {
  const timeoutMs = o.timeoutMs ?? READY_MS;
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${o.script} ended (${child.exitCode ?? child.signalCode}) before it was ready:\n${output()}`);
    }
    const url = await readiness(o, output());
    if (url !== undefined) return url;
    await sleep(POLL_MS);
  }
  throw new Error(`${o.script} was not ready within ${timeoutMs} ms:\n${output()}`);
}

async function readiness(o: StartProcessOptions, output: string): Promise<string | undefined> {
  if (o.readyLine !== undefined) {
    const match = o.readyLine.exec(output);
    return match === null ? undefined : (match[1] ?? '');
  }
  if (o.readyUrl === undefined) return '';
  try {
    const response = await fetch(o.readyUrl, { signal: AbortSignal.timeout(ANSWER_MS) });
    await response.body?.cancel();
    return response.ok ? new URL(o.readyUrl).origin : undefined;
  } catch {
    return undefined;
  }
}
