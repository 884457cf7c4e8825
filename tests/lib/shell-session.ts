import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '@artdag/testing';

/** A terminal: what one command sets, the next one knows. */
export interface ShellSession {
  /** Its output, when it has ended. */
  run(command: string): Promise<string>;
  end(): Promise<void>;
}

/** A process with all that it starts, which a test ends together. */
export async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGTERM');
  await exited;
}

export function openShell(o: { cwd: string; env: Record<string, string> }): ShellSession {
  const child = spawn('bash', ['-s'], { ...o, stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  let serial = 0;
  return {
    async run(command) {
      const end = `--- ${(serial += 1)} is done`;
      output = '';
      child.stdin.write(`${command}\necho '${end}'\n`);
      await eventually(() => output.includes(end));
      return output.slice(0, output.indexOf(end));
    },
    async end() {
      await endGroup(child);
    },
  };
}
