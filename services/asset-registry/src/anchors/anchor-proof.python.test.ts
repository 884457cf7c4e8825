import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createAnchorRepository } from './anchor.repository.ts';
import { hours, minutes, startAnchoring, type Anchoring } from './testing/anchoring.testing.ts';

const packages = join(import.meta.dirname, '../../../../packages');
const reference = join(packages, 'opentimestamps/src/reference.testing.py');

let anchoring: Anchoring;
beforeAll(async () => {
  anchoring = await startAnchoring();
});
afterAll(() => anchoring.stop());

interface Verdict {
  written: string;
  attestations: [message: string, kind: string, value: string | number][];
  verified: [height: number, time: number][];
}

/** What Debian's python3-opentimestamps and python3-bitcoinlib say of the newest anchor's file and headers. */
async function judgeNewest(): Promise<{ verdict: Verdict; file: string }> {
  const anchor = await anchoring.newest();
  const proof = await createAnchorRepository(anchoring.deps.execute).findProof(anchor.merkle_root);
  const file = Buffer.from(proof ?? []).toString('hex');
  const headers = Object.fromEntries(anchor.block_headers.map((hex, i) => [Number(anchor.bitcoin_height) + i, hex]));
  const python = process.env['ARTDAG_TEST_PYTHON'] ?? '/usr/bin/python3';
  const input = JSON.stringify({ seed: 0, make: 0, judge: [{ file, headers }] });
  const { verdicts } = JSON.parse(execFileSync(python, [reference], { input }).toString()) as { verdicts: Verdict[] };
  if (!verdicts[0]) throw new Error('the reference does not take the file');
  return { verdict: verdicts[0], file };
}

it('an anchor of several calendars is read by the reference while it is pending, and verified once it is confirmed', async () => {
  await anchoring.work();
  anchoring.grow(10);
  await anchoring.after(hours(1));
  const pending = await judgeNewest();
  expect(pending.verdict.written).toBe(pending.file);
  expect(pending.verdict.attestations.map(([, kind]) => kind)).toEqual(['pending', 'pending', 'pending']);

  for (const calendar of anchoring.calendars.slice(0, 2)) calendar.anchor();
  anchoring.chain.mineEmpty(5);
  await anchoring.after(minutes(10));
  const { bitcoin_height: height, block_time: time } = await anchoring.newest();
  const confirmed = await judgeNewest();
  expect(confirmed.verdict.written).toBe(confirmed.file);
  expect(confirmed.verdict.attestations).toHaveLength(5);
  expect(confirmed.verdict.verified).toContainEqual([height, Date.parse(time ?? '') / 1000]);
});
