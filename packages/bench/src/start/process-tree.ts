import { readdirSync, readFileSync } from 'node:fs';

/** Parent of every process, by pid (Linux's /proc). */
function parents(): Map<number, number> {
  const found = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      // "pid (name) state ppid …": the name may hold anything, so count from its last bracket.
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      found.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // it has ended meanwhile
    }
  }
  return found;
}

/** A process and all its descendants. */
export function processTree(pid: number): number[] {
  const parentOf = parents();
  const tree = [pid];
  for (const member of tree) for (const [child, parent] of parentOf) if (parent === member) tree.push(child);
  return tree;
}

/** Proportional set size in MiB over the tree: memory that processes share is counted once. */
export function pssMiB(pid: number): number {
  let kib = 0;
  for (const member of processTree(pid)) {
    try {
      kib += Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${member}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // it has ended meanwhile
    }
  }
  return kib / 1024;
}
