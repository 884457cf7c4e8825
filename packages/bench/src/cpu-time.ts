import { readFileSync } from 'node:fs';

/** What Linux counts in, on every architecture that Node runs on. */
const msPerTick = 10;

/** The CPU time that a process has used so far, in milliseconds, its threads and the kernel's work for it included; NaN where there is no /proc. */
export function cpuMs(pid: number): number {
  try {
    // "pid (name) state ppid …": the name may hold anything, so count from its last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * msPerTick;
  } catch {
    return Number.NaN;
  }
}
