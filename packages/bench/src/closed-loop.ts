import { Pool } from 'undici';

export interface LoopOptions {
  /** The origin to load. */
  origin: string;
  path: string;
  concurrency: number;
  seconds: number;
  /** Asked anew for every request. */
  headers(): Promise<Record<string, string>>;
  body(): string;
  /** Throws on an answer that is wrong, which voids the run. */
  check(status: number, text: string): void;
}

/** Sends POST requests, each connection its next one when the last was answered, and returns the rate of checked answers per second. */
export async function closedLoop(o: LoopOptions): Promise<number> {
  const pool = new Pool(o.origin, { connections: o.concurrency, pipelining: 1 });
  const started = performance.now();
  const end = started + o.seconds * 1000;
  let answered = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const { statusCode, body } = await pool.request({
        path: o.path,
        method: 'POST',
        headers: await o.headers(),
        body: o.body(),
      });
      o.check(statusCode, await body.text());
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
