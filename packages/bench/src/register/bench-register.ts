import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ActorIdentity } from '@artdag/actor-context';
import { startProcess } from '@artdag/testing';
import pg from 'pg';
import { closedLoop, type LoopOptions, type Sent } from '../closed-loop.ts';
import { median, printTable } from '../report.ts';
import { rounds, roundSeconds, warmSeconds } from '../rounds.ts';
import { startServices, type Services } from '../services.ts';
import { linesPerBatch, registerInBatches } from './batches.ts';
import { newAsset } from './new-asset.ts';

const concurrency = 64;
const poolSize = 10;

const registering = (headers: Record<string, string> = {}): Sent => ({
  method: 'POST',
  path: '/assets',
  headers: { 'content-type': 'application/json', ...headers },
  body: newAsset(),
});

async function registerActor(services: Services): Promise<{ actor: ActorIdentity; username: string }> {
  const username = `bench-${randomUUID().slice(0, 8)}`;
  const response = await fetch(`${services.urlOf('auth')}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: randomUUID() }),
  });
  if (response.status !== 201) throw new Error(`registering an account answered ${response.status}`);
  const { actor } = (await response.json()) as { actor: ActorIdentity };
  return { actor, username };
}

async function oursOptions(services: Services): Promise<LoopOptions & { headers(): Promise<Record<string, string>> }> {
  const { actor, username } = await registerActor(services);
  const assertion = {
    actor,
    username,
    org_id: null,
    scopes: ['assets:create'],
    sid: null,
    jti: null,
    method: 'bearer',
    token_use: 'access',
  };
  const signer = await services.signerOf('gateway');
  const headers = async () => ({ 'x-actor-assertion': await signer.sign('asset-registry', assertion, username) });
  return {
    origin: services.urlOf('asset-registry'),
    concurrency,
    seconds: roundSeconds,
    headers,
    next: async () => registering(await headers()),
    check(status, text) {
      if (status !== 201 || !text.includes('"proofValue":"z'))
        throw new Error(`POST /assets answered ${status}: ${text.slice(0, 500)}`);
    },
  };
}

async function baselineOptions(databaseUrl: string): Promise<LoopOptions & { stop(): Promise<unknown> }> {
  const bare = await startProcess({
    script: join(import.meta.dirname, 'bare-route.js'),
    args: [databaseUrl, String(poolSize)],
    env: { NODE_ENV: 'production' },
    readyLine: /ready (\S+)/,
  });
  return {
    origin: bare.url,
    concurrency,
    seconds: roundSeconds,
    next: () => registering(),
    check(status) {
      if (status !== 201) throw new Error(`the bare route answered ${status}`);
    },
    stop: () => bare.stop(),
  };
}

/** An acknowledged claim that is not stored whole voids the run. */
async function expectStored(client: pg.Client, acknowledged: number): Promise<void> {
  const { rows } = await client.query<{ whole: number }>(
    `SELECT count(*)::int AS whole FROM registry.assets a JOIN registry.activities c USING (activity_id)
     JOIN (SELECT activity_id FROM registry.log_pending UNION ALL SELECT activity_id FROM registry.log_entries) l USING (activity_id)`,
  );
  if ((rows[0]?.whole ?? 0) < acknowledged)
    throw new Error(`${acknowledged} acknowledged, ${rows[0]?.whole} stored with claim and leaf`);
}

/**
 * `POST /assets`, direct, against a bare Express route with one single-row insert, at the same concurrency; and `POST /assets/batch` against
 * `POST /assets`.
 */
export async function benchRegister(): Promise<void> {
  const services = await startServices(['auth', 'identity', 'asset-registry']);
  const client = new pg.Client({ connectionString: services.databaseUrl });
  await client.connect();
  try {
    await client.query('CREATE TABLE bench_bare (name text PRIMARY KEY, content_hash text NOT NULL)');
    const ours = await oursOptions(services);
    const baseline = await baselineOptions(services.databaseUrl);
    process.stdout.write(
      `POST /assets at ${concurrency} at once; POST /assets/batch of ${linesPerBatch} lines, two at once; ` +
        `${warmSeconds} s of warming each, then ${rounds} rounds of ${roundSeconds} s each, taking turns\n`,
    );
    let acknowledged = 0;
    const single = async (seconds: number): Promise<number> => {
      const rate = await closedLoop({ ...ours, seconds });
      acknowledged += Math.floor(rate * seconds * 0.99);
      return rate;
    };
    const batched = async (seconds: number): Promise<number> => {
      const { rate, registered } = await registerInBatches(ours.origin, ours.headers, seconds);
      acknowledged += registered;
      return rate;
    };
    const bareRoute = (seconds: number): Promise<number> => closedLoop({ ...baseline, seconds });
    for (const each of [single, bareRoute, batched]) await each(warmSeconds);
    const ratios: number[] = [];
    const gains: number[] = [];
    const rows = [['round', 'single/s', 'bare/s', 'ratio', 'batched/s', 'gain']];
    for (let round = 1; round <= rounds; round += 1) {
      const rate = await single(roundSeconds);
      const bare = await bareRoute(roundSeconds);
      const inBatches = await batched(roundSeconds);
      ratios.push(rate / bare);
      gains.push(inBatches / rate);
      const figures = [rate.toFixed(0), bare.toFixed(0), (rate / bare).toFixed(3)];
      rows.push([String(round), ...figures, inBatches.toFixed(0), (inBatches / rate).toFixed(2)]);
    }
    await baseline.stop();
    await expectStored(client, acknowledged);
    printTable(rows);
    process.stdout.write(
      `median ratio ${median(ratios).toFixed(3)} (aim 0.35 or more)\n` +
        `in batches ${median(gains).toFixed(2)} times as many claims a second (aim 2.5 or more)\n`,
    );
  } finally {
    await client.end();
    await services.remove();
  }
}
