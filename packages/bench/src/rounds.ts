import { closedLoop, type LoopOptions } from './closed-loop.ts';
import { median, printTable } from './report.ts';

/** `BENCH_QUICK=1` tries the benchmark out; its figures count for nothing. */
export const isQuick = process.env['BENCH_QUICK'] === '1';
export const warmSeconds = isQuick ? 1 : 10;
export const roundSeconds = isQuick ? 1 : 6;
export const rounds = 3;

type Side = Omit<LoopOptions, 'seconds'>;
/** Works for so many seconds and returns what it did in one. */
type Rate = (seconds: number) => Promise<number>;

const loopOf =
  (side: Side): Rate =>
  (seconds) =>
    closedLoop({ ...side, seconds });

/** Warms both, lets them take turns, prints every round, and returns the median of ours over the baseline. */
export function takeTurns(ours: Side, baseline: Side): Promise<number> {
  return compareRates(loopOf(ours), loopOf(baseline));
}

/** The same for what is no load of requests. @param baselineTitle of its column, default `bare/s` */
export async function compareRates(ours: Rate, baseline: Rate, baselineTitle = 'bare/s'): Promise<number> {
  if (isQuick) process.stdout.write('BENCH_QUICK is set: these figures count for nothing\n');
  await ours(warmSeconds);
  await baseline(warmSeconds);
  const ratios: number[] = [];
  const rows = [['round', 'ours/s', baselineTitle, 'ratio']];
  for (let round = 1; round <= rounds; round += 1) {
    const rate = await ours(roundSeconds);
    const bare = await baseline(roundSeconds);
    ratios.push(rate / bare);
    rows.push([String(round), rate.toFixed(0), bare.toFixed(0), (rate / bare).toFixed(3)]);
  }
  printTable(rows);
  return median(ratios);
}
