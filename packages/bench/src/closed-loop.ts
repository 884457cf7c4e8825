import { Pool } from 'undici';

export interface LoopOptions {
  /** The origin to load. */
  origin: string;
  path: string;
  /** Default POST. */
  method?: 'GET' | 'POST';
  concurrency: number;
  seconds: number;
  /** Asked anew for every request. */
  headers(): Promise<Record<string, string>>;
  /** Default: none. */
  body?(): string;
  /** Throws on an answer that is wrong, which voids the run. `sent`: the headers of its request. */
  check(status: number, text: string, sent: Record<string, string>): void;
}

/** Sends requests, each connection its next one when the last was answered, and returns the rate of checked answers per second. */
export async function closedLoop(o: LoopOptions): Promise<number> {
  const pool = new Pool(o.origin, { connections: o.concurrency, pipelining: 1 });
  const started = performance.now();
  const end = started + o.seconds * 1000;
  let answered = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const headers = await o.headers();
      const { statusCode, body } = await pool.request({
        path: o.path,
        method: o.method ?? 'POST',
        headers,
        body: o.body?.() ?? null,
      });
      o.check(statusCode, await body.text(), headers);
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
