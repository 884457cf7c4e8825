import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Record<string, unknown>;
  /** `performance.now()` before the first byte left: everything that was known then was known to the sender. */
  sentAt: number;
  /** The same when the whole answer was there. */
  answeredAt: number;
}

export interface Call {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query, sent as they are. */
  path: string;
  headers?: Record<string, string>;
  /** Text and bytes are sent as they are, all else as JSON. */
  body?: unknown;
}

/** The bytes of a body. */
export function bytesOf(body: unknown): string | Buffer | null {
  if (body === undefined) return null;
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

/** Connections enough that no request waits for one on our side, so that `sentAt` is when it was sent. */
const connections = 512;
const pools = new Map<string, Pool>();

function poolOf(origin: string): Pool {
  const known = pools.get(origin) ?? new Pool(origin, { connections, pipelining: 1, headersTimeout: 120_000 });
  pools.set(origin, known);
  return known;
}

/** One request to one process. */
export async function send(origin: string, call: Call): Promise<Answer> {
  const body = bytesOf(call.body);
  const headers = {
    accept: 'application/json',
    ...(body === null ? {} : { 'content-type': 'application/json' }),
    ...call.headers,
  };
  const sentAt = performance.now();
  const response = await poolOf(origin).request({ method: call.method ?? 'GET', path: call.path, headers, body });
  const text = await response.body.text();
  return {
    status: response.statusCode,
    headers: response.headers,
    body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
    sentAt,
    answeredAt: performance.now(),
  };
}

/** As a patient client does: 503 and a lost connection are tried again for a while. */
export async function sendPatiently(origin: string, call: Call, forMs = 60_000): Promise<Answer> {
  const end = performance.now() + forMs;
  for (;;) {
    const answer = await send(origin, call).catch((error: unknown) => {
      if (performance.now() >= end) throw error;
      return undefined;
    });
    if (answer && (answer.status !== 503 || performance.now() >= end)) return answer;
    await sleep(100);
  }
}

/** Ends all connections. */
export async function closeConnections(): Promise<void> {
  const all = [...pools.values()];
  pools.clear();
  await Promise.all(all.map((pool) => pool.destroy()));
}
