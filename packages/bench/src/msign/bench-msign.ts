import { join } from 'node:path';
import { startProcess, type StartedProcess } from '@artdag/testing';
import { request } from 'undici';
import { closedLoop, type Sent } from '../closed-loop.ts';
import { rounds, roundSeconds, takeTurns, warmSeconds } from '../rounds.ts';
import { startServices } from '../services.ts';
import { makeIdentities, type SigningIdentity } from './identities.ts';
import { createPrepared, type Prepared, signFor } from './prepared.ts';

const concurrency = 64;
const count = 200;
const path = '/auth/me';
const maxPatches = 6000;

/** Sends a request by undici's own hands, as fetch would replace its Host. */
async function answerTo(origin: string, sent: Sent): Promise<{ status: number; text: string }> {
  const { statusCode, body } = await request(origin + sent.path, { method: sent.method, headers: sent.headers });
  return { status: statusCode, text: await body.text() };
}

/** Good signatures are let in, and the same over another path is refused. @returns the answer to the good one */
async function expectChecked(origin: string, host: string, by: SigningIdentity): Promise<string> {
  const ts = Math.floor(Date.now() / 1000);
  const good = await answerTo(origin, signFor(host, by, ts, { method: 'GET', path }));
  const other = signFor(host, by, ts, { method: 'GET', path: `${path}?x` });
  const bad = await answerTo(origin, { ...other, path });
  if (good.status !== 200 || bad.status !== 401)
    throw new Error(`a good and a bad signature were answered ${good.status} and ${bad.status}: ${good.text}`);
  return good.text;
}

function startBare(identities: readonly SigningIdentity[], answer: string): Promise<StartedProcess> {
  const keys = Object.fromEntries(identities.map(({ handle, publicKey }) => [handle, publicKey]));
  return startProcess({
    script: join(import.meta.dirname, 'bare-route.js'),
    args: [JSON.stringify(keys), answer],
    env: { NODE_ENV: 'production' },
    readyLine: /ready (\S+)/,
  });
}

/** Unsafe requests, each accepted once: a look into `msign_seen` and a changed profile each. For information. */
async function patchesPerSecond(origin: string, host: string, identities: readonly SigningIdentity[]): Promise<number> {
  const ts = Math.floor(Date.now() / 1000);
  const prepared = Array.from({ length: maxPatches }, (_, serial) => {
    const by = identities[serial % identities.length] as SigningIdentity;
    const body = JSON.stringify({ bio: `number ${serial}` });
    return signFor(host, by, ts, { method: 'PATCH', path: `/api/identities/${by.handle}`, body });
  });
  return closedLoop({
    ...{ origin, concurrency, seconds: roundSeconds },
    next() {
      const sent = prepared.pop();
      if (!sent) throw new Error(`${maxPatches} signed requests were not enough`);
      return sent;
    },
    check(status, text) {
      if (status !== 200 || !text.includes('"bio":"number '))
        throw new Error(`PATCH /api/identities/… answered ${status}: ${text.slice(0, 500)}`);
    },
  });
}

/**
 * `GET /auth/me` through the gateway, signed by 200 identities with a key each, against a bare Express route that verifies the same signatures by
 * keys that it holds.
 */
export async function benchMSign(): Promise<void> {
  const services = await startServices(['auth', 'identity', 'gateway']);
  const { domain: host } = services;
  const origin = services.urlOf('gateway');
  try {
    const identities = await makeIdentities(origin, count);
    const first = identities[0] as SigningIdentity;
    const answer = await expectChecked(origin, host, first);
    const bare = await startBare(identities, answer);
    try {
      await expectChecked(bare.url, host, first);
      const { prepare, next } = createPrepared({ host, identities, path });
      process.stdout.write(
        `GET ${path} (${answer.length} bytes), signed by ${count} identities, at ${concurrency} at once; ` +
          `${warmSeconds} s of warming, then ${rounds} rounds of ${roundSeconds} s each, taking turns\n`,
      );
      const common = { concurrency, prepare, next };
      const ratio = await takeTurns(
        {
          ...{ ...common, origin },
          check(status, text, sent) {
            if (status !== 200 || !text.includes(`"actor_id":"${(sent as Prepared).by.actorId}"`))
              throw new Error(`GET ${path} answered ${status}: ${text.slice(0, 500)}`);
          },
        },
        {
          ...{ ...common, origin: bare.url },
          check(status, text) {
            if (status !== 200 || text.length !== answer.length) throw new Error(`the bare route answered ${status}`);
          },
        },
      );
      process.stdout.write(`median ratio ${ratio.toFixed(3)} (aim 0.35 or more)\n`);
    } finally {
      await bare.stop();
    }
    const patches = await patchesPerSecond(origin, host, identities);
    process.stdout.write(
      `for information: ${patches.toFixed(0)} signed PATCH /api/identities/{handle} per second, each new\n`,
    );
  } finally {
    await services.remove();
  }
}
