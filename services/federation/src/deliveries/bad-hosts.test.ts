import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { assetEvent } from '../testing/events.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });

const GOOD = 200;
const HANGING = 100;
const CLAIMS = 3;
/** An eighth of the 256 places of prompt hosts for those of which nothing is known, as much for those that are slow. */
const BESIDE = 64;

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
});

type Answer = 'good' | 'hang' | 'refuse' | 'fail' | 'drip';
const seen = { times: [] as number[], came: new Set<string>(), hanging: 0, mostHanging: 0 };

/** Counts it until the other side has had enough. */
function leaveHanging(socket: Socket, answer: Answer): void {
  seen.hanging += 1;
  seen.mostHanging = Math.max(seen.mostHanging, seen.hanging);
  const timer = setInterval(() => answer === 'drip' && socket.write('H'), 1000);
  socket.once('close', () => {
    clearInterval(timer);
    seen.hanging -= 1;
  });
}

/** A host on a port of its own; answers with its URL. */
async function startHost(answer: Answer): Promise<string> {
  const server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    req.on('end', () => {
      // Ports are used again: somebody may still look for the server that had this one before.
      if (req.method !== 'POST') res.writeHead(404).end();
      else if (answer === 'fail') res.writeHead(500).end();
      else if (answer === 'good') {
        seen.came.add(`${req.headers.host} ${(JSON.parse(body) as { id: string }).id}`);
        seen.times.push(performance.now());
        res.writeHead(202).end();
      } else leaveHanging(req.socket, answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  if (answer === 'refuse') server.close();
  else servers.push(server);
  return url;
}

const startHosts = (answer: Answer, count: number) =>
  Promise.all(Array.from({ length: count }, () => startHost(answer)));

type User = Awaited<ReturnType<typeof kit.federation.addUser>>;

const follow = (user: User, hosts: readonly string[]) =>
  kit.sql(
    `INSERT INTO followers (username, follower_ap_id, inbox, follow_activity_id)
     SELECT $1, h || '/a', h || '/a/inbox', h FROM unnest($2::text[]) h`,
    [user.apId.split('/').at(-1), hosts],
  );

/** Publishes claims one after the other, each once the good hosts have the one before; answers the 95th percentile of the times in milliseconds. */
async function publishClaims(user: User): Promise<number> {
  const waits: number[] = [];
  for (let i = 0; i < CLAIMS; i += 1) {
    const wanted = seen.came.size + GOOD;
    seen.times.length = 0;
    const started = performance.now();
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(() => expect(seen.came.size).toBe(wanted));
    waits.push(...seen.times.map((at) => at - started));
  }
  return waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.95)] ?? Number.NaN;
}

describe('hosts that hang, refuse, answer 500 or drip', () => {
  it('hold up none of 200 good ones, and never more than their share of the places', async () => {
    const user = await kit.federation.addUser('giles');
    await follow(user, await startHosts('good', GOOD));
    await publishClaims(user);
    const alone = await publishClaims(user);

    const bad = [...(await startHosts('hang', HANGING)), ...(await startHosts('refuse', 5))];
    bad.push(...(await startHosts('fail', 5)), ...(await startHosts('drip', 5)));
    await follow(user, bad);
    const beside = await publishClaims(user);
    process.stdout.write(`p95 to good hosts: ${alone.toFixed(0)} ms alone, ${beside.toFixed(0)} ms beside bad ones\n`);

    // All good ones have theirs, and the bad ones' still hang.
    expect(seen.hanging).toBeGreaterThan(5);
    expect(seen.mostHanging).toBeLessThanOrEqual(BESIDE);
    await eventually(async () => {
      const [waiting] = await kit.sql("SELECT count(*)::int AS jobs FROM deliveries WHERE state = 'pending'");
      expect(waiting?.['jobs']).toBe(bad.length * CLAIMS);
    });
  });
});
