import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { join } from 'node:path';
import { startProcess, type StartedProcess } from '@artdag/testing';
import type { Sent } from '../closed-loop.ts';
import { makeSessions, type SignedIn } from '../me/sessions.ts';
import { rounds, roundSeconds, takeTurns, warmSeconds } from '../rounds.ts';
import { startServices, type Services } from '../services.ts';

const concurrency = 64;
const tokens = 1000;
const path = '/';

const headersOf = (token: string): Record<string, string> => ({
  accept: 'application/json',
  authorization: `Bearer ${token}`,
});

/** The path that is measured must depend on the check: a revoked token and a broken one are refused on it. */
async function expectChecked(services: Services, victim: SignedIn): Promise<void> {
  const statusOf = async (token: string): Promise<number> =>
    (await fetch(services.urlOf('gateway') + path, { headers: headersOf(token) })).status;
  const before = await statusOf(victim.access);
  const logout = await fetch(`${services.urlOf('gateway')}/auth/logout`, {
    method: 'POST',
    headers: headersOf(victim.session),
  });
  const statuses = [before, logout.status, await statusOf(victim.access), await statusOf(`${victim.access}x`)];
  if (statuses.join() !== '200,200,401,401')
    throw new Error(`live, logout, revoked and broken answered ${statuses.join()}, not 200,200,401,401`);
}

async function startBare(services: Services, body: string): Promise<StartedProcess> {
  const { keys } = (await (await fetch(`${services.urlOf('auth')}/.well-known/jwks.json`)).json()) as {
    keys: JsonWebKey[];
  };
  const publicKey = createPublicKey({ key: keys[0] ?? {}, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  return startProcess({
    script: join(import.meta.dirname, 'bare-route.js'),
    args: [String(publicKey), services.domain, services.redisUrl, services.redisPrefix, body],
    env: { NODE_ENV: 'production' },
    readyLine: /ready (\S+)/,
  });
}

/**
 * The token check alone: the gateway's own `GET /` (a cached JSON that it answers itself, through Express) with 1,000
 * access tokens, so the resolver with its memory of verified tokens, the revocation look-up in Redis, the rate limits and
 * the access log; against a bare Express route that verifies each token anew and asks Redis one GET, and answers the same.
 */
export async function benchToken(): Promise<void> {
  const services = await startServices(['auth', 'gateway']);
  const gateway = services.urlOf('gateway');
  try {
    const signedIn = await makeSessions(gateway, tokens + 1);
    const [victim, ...others] = signedIn;
    if (!victim) throw new Error('nobody is signed in');
    await expectChecked(services, victim);
    const body = await (
      await fetch(services.urlOf('gateway') + path, { headers: headersOf(others[0]?.access ?? '') })
    ).text();
    const bare = await startBare(services, body);
    process.stdout.write(
      `the token check alone, by the gateway's GET / (${body.length} bytes), with ${others.length} access tokens at ${concurrency} at once; ` +
        `${warmSeconds} s of warming, then ${rounds} rounds of ${roundSeconds} s each, taking turns\n`,
    );
    let turn = 0;
    const next = (): Sent => {
      turn = (turn + 1) % others.length;
      return { method: 'GET', path, headers: headersOf(others[turn]?.access ?? '') };
    };
    const check = (status: number, text: string): void => {
      if (status !== 200 || !text.startsWith('{')) throw new Error(`answered ${status}: ${text.slice(0, 500)}`);
    };
    const common = { concurrency, next, check };
    try {
      const ratio = await takeTurns({ ...common, origin: gateway }, { ...common, origin: bare.url });
      process.stdout.write(`median ratio ${ratio.toFixed(3)} (no aim of its own; POST /auth/verify wants 0.7)\n`);
    } finally {
      await bare.stop();
    }
  } finally {
    await services.remove();
  }
}
