import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import type { Browser } from 'playwright-core';

/** The most that a process has held in memory so far, bytes; 0 for one that is gone. Linux. */
function peakOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** The peaks of a browser's processes by their kind, of several of a kind the highest. Workers are in their page's `renderer`. */
export async function browserPeaks(browser: Browser): Promise<Record<string, number>> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const peaks: Record<string, number> = {};
  for (const { type, id } of processInfo) peaks[type] = Math.max(peaks[type] ?? 0, peakOf(id));
  return peaks;
}

/** Runs a Node script, and says what it wrote and the most that it held in memory, bytes. */
export async function runWithPeak(
  script: string,
  args: string[],
  env: Record<string, string>,
): Promise<{ stdout: string; peak: number }> {
  const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let peak = 0;
  const sampling = setInterval(() => (peak = Math.max(peak, peakOf(child.pid ?? 0))), 50);
  const stdout = (await buffer(child.stdout)).toString('utf8');
  clearInterval(sampling);
  return { stdout, peak };
}
