import { join } from 'node:path';
import { startProcess } from '@artdag/testing';

export interface Seen {
  received: number;
  verified: number;
  /** Of those, signatures or digests that were not true. */
  wrong: number;
  /** Deliveries that reached a bad host. */
  bad: number;
  /** Distinct pairs of host and activity, and how many of them came more than once. */
  pairs: number;
  repeated: number;
}

export interface Receivers {
  good: number[];
  bad: number[];
  trust(keys: readonly [string, string][]): Promise<void>;
  seen(): Promise<Seen>;
  /** When each activity came to each good host: `port id`, milliseconds. */
  times(): Promise<Map<string, number>>;
  stop(): Promise<unknown>;
}

/** @param bad how many hosts hang, refuse, answer 500, and drip, each */
export async function startReceivers(good: number, bad: number): Promise<Receivers> {
  const started = await startProcess({
    script: join(import.meta.dirname, 'receivers.js'),
    args: [good, bad, bad, bad, bad].map(String),
    readyLine: /ready (\{.*\})/,
  });
  const ports = JSON.parse(started.url) as { good: number[]; bad: number[]; control: number };
  const control = `http://127.0.0.1:${ports.control}/control`;
  return {
    ...ports,
    async trust(keys) {
      await (await fetch(control, { method: 'POST', body: JSON.stringify(keys) })).text();
    },
    seen: async () => (await (await fetch(control)).json()) as Seen,
    times: async () => new Map((await (await fetch(`${control}/times`)).json()) as [string, number][]),
    stop: () => started.kill(),
  };
}
