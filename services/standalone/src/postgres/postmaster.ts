import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The running server that a cluster folder names in `postmaster.pid`. */
export interface Postmaster {
  pid: number;
  port: number;
  ready: boolean;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Reads `postmaster.pid` (its lines: pid, folder, start time, port, socket, address, shared memory, state); undefined when nobody runs. */
export function findPostmaster(folder: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const [pid, port] = [Math.abs(Number(lines[0])), Number(lines[3])];
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  return { pid, port, ready: lines[7]?.trim() === 'ready' && port > 0 };
}

/** Asks a server to stop at once but in order (a "fast" shutdown) and waits for its end; after the bound it is killed. */
export async function stopPostmaster(folder: string, timeoutMs: number): Promise<void> {
  const running = findPostmaster(folder);
  if (!running) return;
  process.kill(running.pid, 'SIGINT');
  for (const end = Date.now() + timeoutMs; Date.now() < end; await pause(20)) if (!isAlive(running.pid)) return;
  process.kill(running.pid, 'SIGQUIT'); // an immediate shutdown: the next start replays the log
}

export function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
