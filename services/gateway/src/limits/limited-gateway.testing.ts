import { type Harness, type HarnessOptions, noLimits, startHarness } from '../harness.testing.ts';
import { type RawAnswer, rawGet, sendRaw } from '../raw-http.testing.ts';
import type { Limits } from './buckets.ts';

/** A gateway with these limits only. */
export function startLimited(limits: Partial<Limits>, o: HarnessOptions): Promise<Harness> {
  return startHarness({ ...o, config: { ...o.config, limits: { ...noLimits, ...limits } } });
}

/** Sends a bodiless request with header lines. */
export function send(
  gateway: Pick<Harness, 'port'>,
  path: string,
  lines: readonly string[] = [],
  method = 'GET',
): Promise<RawAnswer> {
  if (method === 'GET') return rawGet(gateway.port, path, lines);
  const head = [`${method} ${path} HTTP/1.1`, 'Host: l2.example', 'Content-Length: 0', ...lines];
  return sendRaw(gateway.port, [...head, '', ''].join('\r\n'), 30);
}

/** The statuses of so many requests, one after the other. */
export async function statuses(times: number, sendOne: () => Promise<RawAnswer>): Promise<number[]> {
  const all: number[] = [];
  for (let n = 0; n < times; n += 1) all.push((await sendOne()).status);
  return all;
}

/** `times` answers of one status. */
export const of = (times: number, status: number): number[] => Array.from({ length: times }, () => status);
