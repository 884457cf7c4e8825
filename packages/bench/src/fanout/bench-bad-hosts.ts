import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { printTable } from '../report.ts';
import { isQuick } from '../rounds.ts';
import { startServices } from '../services.ts';
import { addFollowers, keysOf, publishClaims, startAuthors, type Author } from './publish.ts';
import { startReceivers, type Receivers } from './receivers-client.ts';

const hosts = 200;
const claims = isQuick ? 5 : 30;
/** Between claims: more than the deliveries of one take, so that times tell of hosts and not of the machine's limit. */
const everyMs = 1000;
const settleMs = 120_000;

/** Publishes one claim after another; answers how long each took to each good host, in milliseconds, sorted. */
async function timesOf(client: pg.Client, receivers: Receivers, author: Author): Promise<number[]> {
  const published = new Map<string, number>();
  for (let i = 0; i < claims; i += 1) {
    for (const [id, at] of await publishClaims(client, [author], 1)) published.set(id, at);
    await sleep(everyMs);
  }
  const end = performance.now() + settleMs;
  for (;;) {
    const times = await receivers.times();
    const waits = [...times].flatMap(([key, at]) => {
      const since = published.get(key.slice(key.indexOf(' ') + 1));
      return since === undefined ? [] : [at - since];
    });
    if (waits.length === claims * receivers.good.length) return waits.toSorted((a, b) => a - b);
    if (performance.now() > end) throw new Error(`${waits.length} of ${claims * receivers.good.length} have come`);
    await sleep(200);
  }
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(sorted.length * share)] ?? Number.NaN;

async function run(bad: number): Promise<number[]> {
  const services = await startServices(['auth', 'identity', 'federation'], { ALLOWED_PRIVATE_CIDRS: '127.0.0.0/8' });
  const client = new pg.Client({ connectionString: services.databaseUrl });
  await client.connect();
  const receivers = await startReceivers(hosts, bad);
  try {
    const [author] = await startAuthors(services, client, 1);
    if (author === undefined) throw new Error('there is no author');
    await receivers.trust(await keysOf(client));
    await addFollowers(client, [author], receivers.good);
    await timesOf(client, receivers, author);
    await addFollowers(client, [author], receivers.bad);
    return await timesOf(client, receivers, author);
  } finally {
    await receivers.stop();
    await client.end();
    await services.remove();
  }
}

/** How long deliveries to 200 good hosts take, alone and beside hosts that hang, refuse, answer 500 and drip: one of each, and 20 of each. */
export async function benchBadHosts(): Promise<void> {
  process.stdout.write(
    `${claims} claims, one every ${everyMs} ms, to ${hosts} good hosts, and bad ones of four kinds\n`,
  );
  const rows = [['bad of each kind', 'p50 ms', 'p95 ms', 'p99 ms', 'p95 ratio']];
  let alone = Number.NaN;
  for (const bad of [0, 1, 20]) {
    const sorted = await run(bad);
    if (bad === 0) alone = at(sorted, 0.95);
    const figures = [0.5, 0.95, 0.99].map((share) => at(sorted, share).toFixed(0));
    rows.push([String(bad), ...figures, (at(sorted, 0.95) / alone).toFixed(2)]);
  }
  printTable(rows);
  process.stdout.write('aim: less than 1.25 beside one of each\n');
}
