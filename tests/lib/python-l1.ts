import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '@artdag/testing';
import { root } from './scripts.ts';

/** Like a broker, Python 3 may be missing anywhere but in CI. */
export const hasPython =
  process.env['CI'] === 'true' || String(spawnSync('python3', ['--version']).stdout).startsWith('Python 3');

export interface PythonL1 {
  url: string;
  /** What it has printed so far: who came in, and who went out by which call. */
  readonly output: string;
  stop(): Promise<void>;
}

/**
 * tests/second-implementation/l1.py for an L2, on a free port unless one is named.
 *
 * @param o.isOld it has no `/auth/revoke`
 */
export async function startPythonL1(l2Url: string, o: { port?: number; isOld?: boolean } = {}): Promise<PythonL1> {
  const script = join(root, 'tests', 'second-implementation', 'l1.py');
  const args = [script, l2Url, String(o.port ?? 0), ...(o.isOld === true ? ['old'] : [])];
  const child = spawn('python3', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = await eventually(() => /ready at (\S+)/.exec(output)?.[1] ?? false);
  return {
    url: String(url),
    get output() {
      return output;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
