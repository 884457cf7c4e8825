import { closedLoop, type LoopOptions } from './closed-loop.ts';
import { median, printTable } from './report.ts';

/** `BENCH_QUICK=1` tries the benchmark out; its figures count for nothing. */
const quick = process.env['BENCH_QUICK'] === '1';
export const warmSeconds = quick ? 1 : 10;
export const roundSeconds = quick ? 1 : 6;
export const rounds = 3;

type Side = Omit<LoopOptions, 'seconds'>;

/** Warms both, lets them take turns, prints every round, and returns the median of ours over the baseline. */
export async function takeTurns(ours: Side, baseline: Side): Promise<number> {
  if (quick) process.stdout.write('BENCH_QUICK is set: these figures count for nothing\n');
  await closedLoop({ ...ours, seconds: warmSeconds });
  await closedLoop({ ...baseline, seconds: warmSeconds });
  const ratios: number[] = [];
  const rows = [['round', 'ours/s', 'bare/s', 'ratio']];
  for (let round = 1; round <= rounds; round += 1) {
    const rate = await closedLoop({ ...ours, seconds: roundSeconds });
    const bare = await closedLoop({ ...baseline, seconds: roundSeconds });
    ratios.push(rate / bare);
    rows.push([String(round), rate.toFixed(0), bare.toFixed(0), (rate / bare).toFixed(3)]);
  }
  printTable(rows);
  return median(ratios);
}
