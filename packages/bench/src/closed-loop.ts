import { Pool } from 'undici';

/** A request of the load. */
export interface Sent {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  headers: Record<string, string>;
  /** Default: none. */
  body?: string;
}

export interface LoopOptions {
  /** The origin to load. */
  origin: string;
  concurrency: number;
  seconds: number;
  /** Makes what the requests of so many seconds are made of; done before the clock starts. */
  prepare?(seconds: number): void;
  /** Asked anew for every request. */
  next(): Sent | Promise<Sent>;
  /** Throws on an answer that is wrong, which voids the run. */
  check(status: number, text: string, sent: Sent): void;
}

/** Sends requests, each connection its next one when the last was answered, and returns the rate of checked answers per second. */
export async function closedLoop(o: LoopOptions): Promise<number> {
  o.prepare?.(o.seconds);
  const pool = new Pool(o.origin, { connections: o.concurrency, pipelining: 1 });
  const started = performance.now();
  const end = started + o.seconds * 1000;
  let answered = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const sent = await o.next();
      const { method, path, headers } = sent;
      const { statusCode, body } = await pool.request({ method, path, headers, body: sent.body ?? null });
      o.check(statusCode, await body.text(), sent);
      answered += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: o.concurrency }, worker));
    return answered / ((performance.now() - started) / 1000);
  } finally {
    await pool.close();
  }
}
