import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pendingAttestationsOf, readDetached } from '@artdag/opentimestamps';
import { eventually, startProcess, type StartedProcess } from '@artdag/testing';
import { commitmentOf } from './anchor-proof.ts';
import { startAnchoring, type Anchoring } from './testing/anchoring.testing.ts';

let anchoring: Anchoring;
beforeEach(async () => {
  anchoring = await startAnchoring();
  for (const calendar of anchoring.calendars) calendar.delayMs = 15;
});
afterEach(() => anchoring.stop());

interface Stored {
  checkpoint: string;
  nonce: Buffer;
  ots_proof: Buffer;
}

const leaves = 30;
const kills = 12;

it('SIGKILL at any moment, of any of several replicas, loses no anchor and no promise', async () => {
  const { databaseUrl, chain, calendars, tables } = anchoring;
  const script = fileURLToPath(new URL('./testing/anchor-worker.testing.ts', import.meta.url));
  const args = [databaseUrl, chain.url, String(Date.now()), String(leaves), ...calendars.map(({ url }) => url)];
  const start = (): Promise<StartedProcess> => startProcess({ script, args, readyLine: /works/ });
  let workers = await Promise.all([start(), start()]);
  for (let kill = 0; kill < kills; kill += 1) {
    await sleep((kill * 97) % 250);
    const [victim, ...others] = workers;
    await victim?.kill();
    workers = [...others, await start()];
    keepPromises(anchoring);
  }
  await eventually(() => isFinished(anchoring), { everyMs: 250 });
  await Promise.all(workers.map((worker) => worker.kill()));

  const { rows } = await tables.pool.query<Stored>('SELECT checkpoint, nonce, ots_proof FROM anchors');
  const commitments = rows.map((row) => Buffer.from(commitmentOf(row.checkpoint, row.nonce)).toString('hex'));
  expect(commitments.length).toBeGreaterThan(5);
  // Whatever reached a calendar is an anchor's, and what it answered is in that anchor's proof.
  for (const { digests, url } of calendars) {
    for (const digest of digests) {
      const proof = rows[commitments.indexOf(digest)]?.ots_proof;
      if (proof === undefined) throw new Error(`${digest} is no anchor's`);
      expect(pendingAttestationsOf(readDetached(proof).timestamp).map(({ uri }) => uri)).toContain(url);
    }
  }
  const confirmed = await tables.pool.query<{ payload: string }>(
    `SELECT payload FROM outbox WHERE type = 'anchor-confirmed'`,
  );
  const roots = confirmed.rows.map(({ payload }) => (JSON.parse(payload) as { subject: string }).subject);
  expect([roots.length, new Set(roots).size]).toEqual([rows.length, rows.length]);
  console.log(
    `${kills} kills, ${rows.length} anchors, all confirmed once; digests sent: ${calendars.map((c) => c.digests.length).join(', ')}`,
  );
});

function keepPromises({ calendars, chain }: Anchoring): void {
  for (const calendar of calendars) if (calendar.anchor() > 0) chain.mineEmpty(5);
}

/** True once the whole log is anchored, and every anchor confirmed. */
async function isFinished(anchoring: Anchoring): Promise<boolean> {
  keepPromises(anchoring);
  const { rows } = await anchoring.tables.pool.query<{ state: string; log_size: string }>(
    'SELECT state, log_size FROM anchors',
  );
  const isWhole = rows.some(({ log_size: size }) => Number(size) === leaves);
  return isWhole && rows.every(({ state }) => state === 'confirmed');
}
