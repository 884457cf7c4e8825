import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ActorIdentity } from '@artdag/actor-context';
import { startProcess } from '@artdag/testing';
import pg from 'pg';
import { closedLoop, type LoopOptions, type Sent } from '../closed-loop.ts';
import { median, printTable } from '../report.ts';
import { startServices, type Services } from '../services.ts';

const concurrency = 64;
const warmSeconds = 10;
const roundSeconds = 6;
const rounds = 3;
const poolSize = 10;

let serial = 0;

/** Every request registers a name and a hash that nobody has. */
function newAsset(): string {
  serial += 1;
  const hash = createHash('sha3-256').update(`${process.pid}-${serial}`).digest('hex');
  return JSON.stringify({
    name: `bench-${process.pid}-${serial}`,
    content_hash: hash,
    asset_type: 'image',
    tags: ['bench', 'art'],
  });
}

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

async function oursOptions(services: Services): Promise<LoopOptions> {
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
  return {
    origin: services.urlOf('asset-registry'),
    concurrency,
    seconds: roundSeconds,
    next: async () => registering({ 'x-actor-assertion': await signer.sign('asset-registry', assertion, username) }),
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
     WHERE EXISTS (SELECT FROM registry.log_pending p WHERE p.activity_id = a.activity_id)
        OR EXISTS (SELECT FROM registry.log_entries e WHERE e.activity_id = a.activity_id)`,
  );
  if ((rows[0]?.whole ?? 0) < acknowledged)
    throw new Error(`${acknowledged} acknowledged, ${rows[0]?.whole} stored with claim and leaf`);
}

/** `POST /assets`, direct, against a bare Express route with one single-row insert, at the same concurrency. */
export async function benchRegister(): Promise<void> {
  const services = await startServices(['auth', 'identity', 'asset-registry']);
  const client = new pg.Client({ connectionString: services.databaseUrl });
  await client.connect();
  try {
    await client.query('CREATE TABLE bench_bare (name text PRIMARY KEY, content_hash text NOT NULL)');
    const ours = await oursOptions(services);
    const baseline = await baselineOptions(services.databaseUrl);
    process.stdout.write(
      `POST /assets at ${concurrency} at once; ${warmSeconds} s of warming, then ${rounds} rounds of ${roundSeconds} s each, taking turns\n`,
    );
    let acknowledged = Math.round((await closedLoop({ ...ours, seconds: warmSeconds })) * warmSeconds * 0.99);
    await closedLoop({ ...baseline, seconds: warmSeconds });
    const ratios: number[] = [];
    const rows = [['round', 'ours/s', 'bare/s', 'ratio']];
    for (let round = 1; round <= rounds; round += 1) {
      const rate = await closedLoop(ours);
      const bare = await closedLoop(baseline);
      acknowledged += Math.floor(rate * roundSeconds * 0.99);
      ratios.push(rate / bare);
      rows.push([String(round), rate.toFixed(0), bare.toFixed(0), (rate / bare).toFixed(3)]);
    }
    await baseline.stop();
    await expectStored(client, acknowledged);
    printTable(rows);
    process.stdout.write(`median ratio ${median(ratios).toFixed(3)} (aim 0.35 or more)\n`);
  } finally {
    await client.end();
    await services.remove();
  }
}
