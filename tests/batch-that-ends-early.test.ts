import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newAccount, newContentHash } from './lib/api-client.ts';
import { startClockedSuite, type ClockedSuite } from './lib/clocked-suite.ts';
import { noLimits } from './lib/no-limits.ts';

/** Lines that an actor may send in a minute. */
const perMinute = 300;

let suite: ClockedSuite;

beforeAll(async () => {
  const env = { ...noLimits, RATE_LIMIT_BATCH: String(perMinute), OTS_CALENDARS: 'none' };
  suite = await startClockedSuite(env, { between: ['identity', 'asset-registry'] });
});
afterAll(() => suite?.remove());

interface LineRecord {
  line: number;
  status: number;
  code?: string;
  rest?: true;
}

/** By way of the gateway; rejects when the answer is cut off. */
async function send(lines: readonly string[]): Promise<{ status: number; records: LineRecord[] }> {
  const { token } = await newAccount(suite.gateway);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
  const answer = await fetch(`${suite.gateway}/assets/batch`, { method: 'POST', headers, body: lines.join('\n') });
  const text = await answer.text();
  return {
    status: answer.status,
    records: text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as LineRecord),
  };
}

let serial = 0;

function newLine(description: string): string {
  serial += 1;
  return JSON.stringify({ name: `early-${serial}`, content_hash: newContentHash(), asset_type: 'image', description });
}

describe('a batch that is answered before it has come whole', () => {
  it.each([
    ['600 lines', 600, 0],
    ['2,000 lines', 2_000, 0],
    ['10,000 lines', 10_000, 0],
    ['10,000 lines of 4 KB', 10_000, 4_000],
  ])('has its whole answer through the gateway: %s', async (_what, count, bytes) => {
    const begun = performance.now();
    const { status, records } = await send(Array.from({ length: count }, () => newLine('x'.repeat(bytes))));
    expect(status).toBe(200);
    const last = records.at(-1);
    expect(last).toMatchObject({ status: 429, code: 'rate_limited', rest: true, line: records.length });
    expect(records.slice(0, -1).every((record) => record.status === 201)).toBe(true);
    // What a minute has comes back bit by bit, also while it is sent.
    const minutes = (performance.now() - begun) / 60_000;
    expect(records.length).toBeLessThanOrEqual(perMinute * (1 + minutes) + 1);
  });
});
