import { Readable } from 'node:stream';
import { request } from 'undici';
import type { Json } from './suite.testing.ts';

export interface BatchRecord extends Json {
  line: number;
  status: number;
  asset?: Json;
  code?: string;
  rest?: boolean;
}

export interface BatchAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** Of an answer that is NDJSON. */
  records: BatchRecord[];
}

/** A batch's lines as its body. */
export const ndjsonOf = (lines: readonly unknown[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

/** Sends a batch, whole or in pieces. */
export async function sendBatch(
  url: string,
  body: string | Buffer | AsyncIterable<Buffer>,
  headers: Record<string, string>,
): Promise<BatchAnswer> {
  const answer = await request(`${url}/assets/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', ...headers },
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : Readable.from(body),
  });
  const text = await answer.body.text();
  const isNdjson = answer.headers['content-type'] === 'application/x-ndjson';
  const records = isNdjson ? text.split('\n').filter((line) => line !== '') : [];
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    records: records.map((line) => JSON.parse(line) as BatchRecord),
  };
}
