import { setTimeout as sleep } from 'node:timers/promises';
import { startL1Farm, type L1Farm } from '@artdag/testing';
import { printTable } from '../report.ts';
import { isQuick, rounds } from '../rounds.ts';
import { startServices } from '../services.ts';
import { logOut, newPerson, refuseAll, type Person } from './people.ts';

const counts = { good: 50, hanging: 20, refusing: 20, failing: 10 };
const logouts = isQuick ? 3 : 12;
const warming = isQuick ? 1 : 3;
const patienceMs = 30_000;

interface Times {
  attached: number[];
  alone: number[];
  /** From sending the logout until the last of the good ones knew. */
  known: number[];
}

/** When the last of the good ones was told of its token, once all have been. */
async function lastTold(farm: L1Farm, { held }: Person): Promise<number> {
  const good = new Set(farm.urls.good);
  const end = performance.now() + patienceMs;
  for (;;) {
    const told = farm.calls.filter(({ l1, jti }) => good.has(l1) && held.get(jti ?? '')?.l1 === l1);
    if (new Set(told.map(({ l1 }) => l1)).size === counts.good) return Math.max(...told.map(({ at }) => at));
    if (performance.now() > end) throw new Error(`${counts.good - told.length} good L1s have not been told`);
    await sleep(20);
  }
}

/** So many logouts of each kind, in turns, everything checked. */
async function takeTurns(origin: string, farm: L1Farm, times: number): Promise<Times> {
  const all: Times = { attached: [], alone: [], known: [] };
  for (let n = 0; n < times; n += 1) {
    const [alone, attached] = [await newPerson(origin, []), await newPerson(origin, farm.all)];
    const turns = [
      async () => void all.alone.push(await logOut(origin, alone)),
      async () => {
        const begun = performance.now();
        all.attached.push(await logOut(origin, attached));
        all.known.push((await lastTold(farm, attached)) - begun);
        await refuseAll(origin, attached);
      },
    ];
    for (const turn of n % 2 === 0 ? turns : turns.toReversed()) await turn();
  }
  return all;
}

const at = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.ceil(times.length * share) - 1] ?? Number.NaN;

/** The p95 of the logout of somebody attached to 100 L1s, of which 20 hang, 20 refuse, and 10 answer 500, against that of somebody with none. */
export async function benchLogout(): Promise<void> {
  const farm = await startL1Farm(counts);
  const services = await startServices(['auth', 'identity', 'l1-bridge', 'gateway'], {
    ...{ ALLOWED_PRIVATE_CIDRS: '127.0.0.0/8', L1_SERVERS: farm.all.join(','), ALLOW_HTTP_L1: 'true' },
  });
  try {
    const origin = services.urlOf('gateway');
    if (isQuick) process.stdout.write('BENCH_QUICK is set: these figures count for nothing\n');
    await takeTurns(origin, farm, warming);
    const all: Times = { attached: [], alone: [], known: [] };
    const rows = [['round', 'ours p50 ms', 'ours p95 ms', 'none p50 ms', 'none p95 ms', 'p95 ratio', 'last told ms']];
    for (let round = 1; round <= rounds; round += 1) {
      const times = await takeTurns(origin, farm, logouts);
      const ratio = at(times.attached, 0.95) / at(times.alone, 0.95);
      for (const side of ['attached', 'alone', 'known'] as const) all[side].push(...times[side]);
      const figures = [times.attached, times.alone].flatMap((side) => [at(side, 0.5), at(side, 0.95)]);
      rows.push([
        ...[String(round), ...figures.map((ms) => ms.toFixed(1)), ratio.toFixed(2)],
        Math.max(...times.known).toFixed(0),
      ]);
    }
    printTable(rows);
    process.stdout.write(
      `the ${counts.good} good ones knew after ${at(all.known, 0.5).toFixed(0)} ms (p50), ${Math.max(...all.known).toFixed(0)} ms at most (aim 2000)\n`,
    );
    const [ours, none] = [at(all.attached, 0.95), at(all.alone, 0.95)];
    process.stdout.write(
      `over all rounds p95 ${ours.toFixed(1)} ms, ${none.toFixed(1)} ms with none, ratio ${(ours / none).toFixed(2)} (aim 1.5 or less)\n`,
    );
  } finally {
    await services.remove();
    await farm.close();
  }
}
