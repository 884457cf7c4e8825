import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProcess } from '@artdag/testing';
import pg from 'pg';
import { request } from 'undici';
import { analyze } from '../analyze.ts';
import { closedLoop, type Sent } from '../closed-loop.ts';
import { compareRates, rounds, roundSeconds, warmSeconds } from '../rounds.ts';
import { startServices, type Services } from '../services.ts';
import { startSenders, type Sender } from './senders.ts';
import { signDeliveries, signDelivery, type Receiver } from './signed-deliveries.ts';

const concurrency = 64;
const senderCount = 300;
/** More than a side answers in a second: no delivery is sent twice. */
const perSecond = { ours: 5_000, fedify: 1_000 };
const drainMs = 120_000;

/** One of the two that receive the same load. */
interface Side {
  name: keyof typeof perSecond;
  origin: string;
  to: Receiver;
  /** How many activities are processed. */
  processed(): Promise<number>;
  /** After a turn, when all is processed. */
  rest?(): Promise<void>;
}

async function answerTo({ origin }: Side, sent: Sent): Promise<number> {
  const { path, method, headers, body = null } = sent;
  const answer = await request(origin + path, { method, headers, body });
  await answer.body.dump();
  return answer.statusCode;
}

/** Signatures are verified for real: one over other bytes is refused, as is one by somebody else's key. */
async function expectChecked(side: Side, [by, other]: readonly Sender[]): Promise<void> {
  if (by === undefined || other === undefined) throw new Error('two senders are needed');
  const good = await signDelivery(by, side.to);
  const tampered = { ...good, body: good.body.replace('"to"', '"ot"') };
  const forged = await signDelivery({ ...by, privateKey: other.privateKey }, side.to);
  const answers = [await answerTo(side, tampered), await answerTo(side, forged), await answerTo(side, good)];
  if (answers.join() !== '401,401,202')
    throw new Error(
      `${side.name} answered ${answers.join()} to a tampered, a forged and a good delivery, wanted 401,401,202`,
    );
}

/** Waits until all that was acknowledged is processed, and answers how long that took. */
async function drain(side: Side, acknowledged: number): Promise<number> {
  const started = performance.now();
  while ((await side.processed()) < acknowledged) {
    if (performance.now() - started > drainMs)
      throw new Error(`${side.name}: ${acknowledged} acknowledged, ${await side.processed()} processed`);
    await sleep(200);
  }
  return performance.now() - started;
}

/** Sends what was signed before, and then lets the side finish its work, so that the other has the machine for itself. */
function loadOf(side: Side, senders: readonly Sender[]) {
  // The good delivery of the check.
  let acknowledged = 1;
  return async (seconds: number): Promise<number> => {
    const deliveries = await signDeliveries(senders, side.to, perSecond[side.name] * seconds);
    const rate = await closedLoop({
      ...{ origin: side.origin, concurrency, seconds },
      next() {
        const sent = deliveries.pop();
        if (!sent)
          throw new Error(`${perSecond[side.name]} signed deliveries a second were not enough for ${side.name}`);
        return sent;
      },
      check(status, text) {
        if (status !== 202) throw new Error(`${side.name} answered ${status}: ${text.slice(0, 500)}`);
        acknowledged += 1;
      },
    });
    const ms = await drain(side, acknowledged);
    await side.rest?.();
    process.stdout.write(
      `  ${side.name}: ${rate.toFixed(0)}/s, all processed ${ms.toFixed(0)} ms after the last answer\n`,
    );
    return rate;
  };
}

function oursOf(services: Services, client: pg.Client): Side {
  const { domain } = services;
  const processed =
    'SELECT count(*)::int AS n FROM federation.inbox_log WHERE queue_place IS NULL AND result IS NOT NULL';
  const { host } = new URL(`https://${domain}`);
  return {
    name: 'ours',
    origin: services.urlOf('gateway'),
    to: { host, path: '/inbox', object: `https://${domain}/objects/${'ab'.repeat(32)}` },
    processed: async () => (await client.query<{ n: number }>(processed)).rows[0]?.n ?? 0,
    rest: () => analyze(client),
  };
}

function fedifyOf(origin: string): Side {
  return {
    name: 'fedify',
    origin,
    to: { host: new URL(origin).host, path: '/inbox', object: `${origin}/users/bench` },
    processed: async () => Number(await (await request(`${origin}/count`)).body.text()),
  };
}

/**
 * Signed deliveries of several hundred senders to `POST /inbox`: through the gateway to federation, which stores each durably, against Fedify with its
 * store and queue in memory.
 */
export async function benchInbox(): Promise<void> {
  const services = await startServices(['auth', 'identity', 'federation', 'gateway'], {
    ALLOWED_PRIVATE_CIDRS: '127.0.0.0/8',
  });
  const client = new pg.Client({ connectionString: services.databaseUrl });
  await client.connect();
  const senders = await startSenders(senderCount);
  const fedify = await startProcess({
    script: join(import.meta.dirname, 'fedify-server.js'),
    env: { NODE_ENV: 'production' },
    readyLine: /ready (\S+)/,
  });
  try {
    const [ours, theirs] = [oursOf(services, client), fedifyOf(fedify.url)];
    for (const side of [ours, theirs]) await expectChecked(side, senders.all);
    process.stdout.write(
      `POST /inbox, signed by ${senderCount} actors with RSA-2048 keys, at ${concurrency} at once; ` +
        `${warmSeconds} s of warming each, then ${rounds} rounds of ${roundSeconds} s each, taking turns\n`,
    );
    const ratio = await compareRates(loadOf(ours, senders.all), loadOf(theirs, senders.all), 'fedify/s');
    process.stdout.write(`median ratio ${ratio.toFixed(2)} (aim 5 or more)\n`);
  } finally {
    await fedify.stop();
    senders.close();
    await client.end();
    await services.remove();
  }
}
