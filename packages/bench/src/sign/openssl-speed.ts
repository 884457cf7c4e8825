import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const words = (line: string | undefined): string[] => line?.trim().split(/\s+/) ?? [];

/** The figure under `sign/s` in the table that `openssl speed` ends with; how many columns stand around it depends on its version. */
export function signaturesPerSecond(output: string): number {
  const lines = output.trimEnd().split('\n');
  const titles = words(lines.findLast((line) => line.includes('sign/s')));
  const rate = Number(words(lines.at(-1)).at(titles.indexOf('sign/s') - titles.length));
  if (!(rate > 0)) throw new Error(`openssl speed said something else:\n${output}`);
  return rate;
}

/** Signatures per second of the `openssl` command itself, a process on each core. */
export async function opensslSpeed(algorithm: 'rsa2048' | 'ed25519', cores: number, seconds: number): Promise<number> {
  const args = ['speed', '-multi', String(cores), '-seconds', String(seconds), algorithm];
  return signaturesPerSecond((await run('openssl', args)).stdout);
}
