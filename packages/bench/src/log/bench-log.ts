import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { median, printTable } from '../report.ts';
import { isQuick } from '../rounds.ts';
import { startServices, type Services } from '../services.ts';
import { bareTable, insertRound, sequenceRound } from './append.ts';
import { quantile, readKeys, someLeafHashes, timeProofs } from './proofs.ts';

const leaves = isQuick ? 20_000 : 1_000_000;
const perRound = isQuick ? 5_000 : 50_000;
const warmingProofs = 200;
const measuredProofs = isQuick ? 200 : 2_000;
const signedWithinMs = 30_000;
const aimMs = 5;

/** Ours and the baseline take turns until the log has all its leaves. */
async function append(client: pg.Client): Promise<void> {
  await client.query(bareTable);
  const ratios: number[] = [];
  const rows = [['leaves', 'sequenced/s', 'inserted/s', 'ratio']];
  for (let from = 0; from < leaves; from += perRound) {
    const ours = await sequenceRound(client, from, perRound);
    const bare = await insertRound(client, from, perRound);
    ratios.push(ours / bare);
    rows.push([String(from + perRound), ours.toFixed(0), bare.toFixed(0), (ours / bare).toFixed(3)]);
  }
  printTable(rows);
  process.stdout.write(`append: median ratio ${median(ratios).toFixed(3)}\n`);
}

async function signedSize(origin: string, wanted: number): Promise<void> {
  const deadline = performance.now() + signedWithinMs;
  while (performance.now() < deadline) {
    const text = await (await fetch(`${origin}/log/checkpoint`)).text();
    if (text.split('\n')[1] === String(wanted)) return;
    await sleep(200);
  }
  throw new Error(`no checkpoint of ${wanted} leaves was signed within ${signedWithinMs} ms`);
}

async function prove(services: Services, client: pg.Client): Promise<void> {
  const origin = services.urlOf('asset-registry');
  await client.query('ANALYZE registry.log_entries');
  await signedSize(origin, leaves);
  const keys = await readKeys(origin);
  const leafHashes = await someLeafHashes(client, leaves, warmingProofs + measuredProofs);
  await timeProofs(origin, leafHashes.slice(0, warmingProofs), keys, leaves);
  const times = await timeProofs(origin, leafHashes.slice(warmingProofs), keys, leaves);
  const at = (share: number): string => `${quantile(times, share).toFixed(2)} ms`;
  process.stdout.write(
    `GET /log/proof/{leaf hash} at ${leaves} leaves, ${times.length} random ones, each verified: ` +
      `p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} (aim: within ${aimMs} ms)\n`,
  );
}

/** The sequencer against a bare insert of the same leaves, then inclusion proofs in the log that came of it. */
export async function benchLog(): Promise<void> {
  const services = await startServices(['auth', 'identity', 'asset-registry']);
  const client = new pg.Client({ connectionString: services.databaseUrl });
  await client.connect();
  try {
    await append(client);
    await prove(services, client);
  } finally {
    await client.end();
    await services.remove();
  }
}
