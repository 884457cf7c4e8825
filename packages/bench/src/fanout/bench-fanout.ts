import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { median, printTable } from '../report.ts';
import { isQuick, rounds, roundSeconds } from '../rounds.ts';
import { analyze } from '../analyze.ts';
import { startServices } from '../services.ts';
import { opensslSpeed } from '../sign/openssl-speed.ts';
import { addFollowers, keysOf, publishClaims, startAuthors, type Author } from './publish.ts';
import { startReceivers, type Receivers } from './receivers-client.ts';

const hosts = 200;
const authorCount = 20;
/** Some eight seconds' worth: what was put into the tables from outside may lie there for one, until it is looked for. */
const claimsPerRound = isQuick ? 10 : 120;
const drainMs = 120_000;

/** Publishes claims, waits until all have come, and answers how many deliveries a second that were. Every one comes exactly once. */
async function fanOut(
  client: pg.Client,
  receivers: Receivers,
  authors: readonly Author[],
  claims: number,
): Promise<number> {
  const before = await receivers.seen();
  const wanted = before.pairs + claims * receivers.good.length;
  const started = performance.now();
  await publishClaims(client, authors, claims);
  for (;;) {
    const { pairs, repeated, wrong } = await receivers.seen();
    if (repeated > 0 || wrong > 0)
      throw new Error(`${repeated} deliveries came twice, ${wrong} signatures are not true`);
    if (pairs === wanted) break;
    if (performance.now() - started > drainMs) throw new Error(`${wanted - pairs} deliveries have not come`);
    await sleep(50);
  }
  return (claims * receivers.good.length) / ((performance.now() - started) / 1000);
}

/** Deliveries per second to followers on 200 hosts, each signed by RSA-2048, against the signatures that `openssl speed` makes on one core. */
export async function benchFanout(): Promise<void> {
  const services = await startServices(['auth', 'identity', 'federation'], { ALLOWED_PRIVATE_CIDRS: '127.0.0.0/8' });
  const client = new pg.Client({ connectionString: services.databaseUrl });
  await client.connect();
  const receivers = await startReceivers(hosts, 0);
  try {
    const authors = await startAuthors(services, client, authorCount);
    await receivers.trust(await keysOf(client));
    await addFollowers(client, authors, receivers.good);
    process.stdout.write(
      `${claimsPerRound} claims of ${authorCount} authors a round, each to followers on ${hosts} hosts; ` +
        `one round of warming, then ${rounds} rounds, taking turns with openssl on one core\n`,
    );
    await fanOut(client, receivers, authors, claimsPerRound);
    await analyze(client);
    const ratios: number[] = [];
    const rows = [['round', 'deliveries/s', 'openssl/s', 'ratio']];
    for (let round = 1; round <= rounds; round += 1) {
      const rate = await fanOut(client, receivers, authors, claimsPerRound);
      const bare = await opensslSpeed('rsa2048', 1, roundSeconds);
      ratios.push(rate / bare);
      rows.push([String(round), rate.toFixed(0), bare.toFixed(0), (rate / bare).toFixed(3)]);
    }
    printTable(rows);
    const { received, verified } = await receivers.seen();
    process.stdout.write(`${received} deliveries came, each once; ${verified} signatures verified\n`);
    process.stdout.write(`median ratio ${median(ratios).toFixed(3)} (aim 0.6 or more)\n`);
  } finally {
    await receivers.stop();
    await client.end();
    await services.remove();
  }
}
