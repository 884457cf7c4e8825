import { join } from 'node:path';
import { startProcess } from '@artdag/testing';
import type { Sent } from '../closed-loop.ts';
import { rounds, roundSeconds, takeTurns, warmSeconds } from '../rounds.ts';
import { startServices } from '../services.ts';
import { makeSessions, type SignedIn } from './sessions.ts';

const concurrency = 64;
const sessions = 500;

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** Both credentials of every session, each with the actor that it must be answered with. */
function credentialsOf(signedIn: readonly SignedIn[]): { headers: Record<string, string>; actorId: string }[] {
  return signedIn.flatMap(({ actorId, session, access }) => [
    { headers: bearer(session), actorId },
    { headers: bearer(access), actorId },
  ]);
}

/** `GET /auth/me` through the gateway with 1,000 credentials, half access tokens, half opaque sessions, against a bare Express route. */
export async function benchMe(): Promise<void> {
  const services = await startServices(['auth', 'gateway']);
  const gateway = services.urlOf('gateway');
  try {
    const credentials = credentialsOf(await makeSessions(gateway, sessions));
    const owners = new Map(credentials.map(({ headers, actorId }) => [headers['authorization'], actorId]));
    const sample = await fetch(`${gateway}/auth/me`, { headers: credentials[0]?.headers ?? {} });
    if (sample.status !== 200) throw new Error(`GET /auth/me answered ${sample.status}`);
    const body = await sample.text();
    const bare = await startProcess({
      script: join(import.meta.dirname, 'bare-route.js'),
      args: [body],
      env: { NODE_ENV: 'production' },
      readyLine: /ready (\S+)/,
    });
    process.stdout.write(
      `GET /auth/me (${body.length} bytes) with ${credentials.length} credentials at ${concurrency} at once; ` +
        `${warmSeconds} s of warming, then ${rounds} rounds of ${roundSeconds} s each, taking turns\n`,
    );
    let turn = 0;
    const next = (): Sent => {
      turn = (turn + 1) % credentials.length;
      return { method: 'GET', path: '/auth/me', headers: credentials[turn]?.headers ?? {} };
    };
    const common = { concurrency, next };
    try {
      const ratio = await takeTurns(
        {
          ...common,
          origin: gateway,
          check(status, text, sent) {
            const wanted = `"actor_id":"${owners.get(sent.headers['authorization'])}"`;
            if (status !== 200 || !text.includes(wanted))
              throw new Error(`GET /auth/me answered ${status}: ${text.slice(0, 500)}`);
          },
        },
        {
          ...common,
          origin: bare.url,
          check(status, text) {
            if (status !== 200 || text.length !== body.length) throw new Error(`the bare route answered ${status}`);
          },
        },
      );
      process.stdout.write(`median ratio ${ratio.toFixed(3)} (aim 0.35 or more)\n`);
    } finally {
      await bare.stop();
    }
  } finally {
    await services.remove();
  }
}
