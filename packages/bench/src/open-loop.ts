import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { LoopOptions } from './closed-loop.ts';

export interface OpenLoopOptions extends Omit<LoopOptions, 'concurrency' | 'prepare'> {
  /** So many requests become due in a second, evenly, whether or not earlier ones were answered. */
  perSecond: number;
}

/** Milliseconds. */
export interface Latencies {
  p50: number;
  p99: number;
  max: number;
}

/** Enough that what waits waits for the server. */
const connections = 128;

/**
 * Sends at a constant rate and counts each answer's time from when its request was due, not from when it could be sent: a server that stalls
 * pays for all that would have come meanwhile (no coordinated omission). What this process sends late counts too.
 */
export async function openLoop(o: OpenLoopOptions): Promise<Latencies> {
  const pool = new Pool(o.origin, { connections, pipelining: 1 });
  const total = Math.floor(o.perSecond * o.seconds);
  const took: number[] = [];
  const send = async (dueAt: number): Promise<void> => {
    const sent = await o.next();
    const { method, path, headers } = sent;
    const { statusCode, body } = await pool.request({ method, path, headers, body: sent.body ?? null });
    o.check(statusCode, await body.text(), sent);
    took.push(performance.now() - dueAt);
  };
  try {
    const answers: Promise<void>[] = [];
    const started = performance.now();
    const dueAt = (index: number): number => started + (index * 1000) / o.perSecond;
    while (answers.length < total) {
      while (answers.length < total && dueAt(answers.length) <= performance.now())
        answers.push(send(dueAt(answers.length)));
      await sleep(1);
    }
    await Promise.all(answers);
  } finally {
    await pool.close();
  }
  return latenciesOf(took);
}

function latenciesOf(took: readonly number[]): Latencies {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
