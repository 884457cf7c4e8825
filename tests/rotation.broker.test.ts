import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { createOperator, type Operator } from './lib/operator.ts';
import { startReplicas, type Replicas } from './lib/replicas.ts';
import { closeConnections, send } from './lib/revocation/http.ts';
import { pick } from './lib/revocation/pick.ts';
import { bearer, login, newUser, type Session, type User, userAgent } from './lib/revocation/population.ts';

/** How long a key is published before it signs: longer than the 10 s for which nobody reads the key set again. */
const publishSeconds = 11;
/** That no request was too late for. */
const rotations = 2;
const mostRotations = 6;

let replicas: Replicas;
let operator: Operator;

beforeAll(async () => {
  replicas = await startReplicas({
    gateways: 2,
    auths: 2,
    env: { KEY_PUBLISH_SECONDS: String(publishSeconds), KEY_RING_RELOAD_MS: '1000' },
  });
  operator = await createOperator(replicas);
});

afterAll(async () => {
  await operator?.stop();
  await closeConnections();
  await replicas?.remove();
});

const kidOf = (token: string): string =>
  String((JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid?: unknown }).kid);

/** The `kid`s that a process publishes. */
async function publishedBy(origin: string): Promise<string[]> {
  const { body } = await send(origin, { path: '/.well-known/jwks.json' });
  return (body as { keys?: { kid: string }[] }).keys?.map(({ kid }) => kid) ?? [];
}

/** Signs in, refreshes and uses tokens, old and new, all the time; every answer that is no success is kept. */
function useTokens(sessions: readonly Session[], users: readonly User[]) {
  const seen: { token: string; kid: string; at: number }[] = [];
  const failures: string[] = [];
  let requests = 0;
  let unavailable = 0;
  const state = { over: false };
  const note = (token: string): void => void seen.push({ token, kid: kidOf(token), at: performance.now() });
  const expectOk = (what: string, status: number, body: unknown): boolean => {
    requests += 1;
    if (status >= 200 && status < 300) return true;
    // On a busy machine somebody may not answer in time: whose fault that is shows when it is done again.
    if (status === 503) {
      unavailable += 1;
      return false;
    }
    failures.push(`${what}: ${status} ${JSON.stringify(body)}`);
    return false;
  };
  const refresh = async (session: Session): Promise<void> => {
    const { status, body } = await send(pick(replicas.gateways), {
      method: 'POST',
      path: '/auth/refresh',
      headers: { 'user-agent': userAgent },
      body: { refresh_token: session.refreshToken },
    });
    if (!expectOk('refresh', status, body)) return;
    session.refreshToken = String(body['refresh_token']);
    note(String(body['access_token']));
  };
  const refresher = async (session: Session): Promise<void> => {
    while (!state.over) {
      await refresh(session);
      await sleep(20);
    }
  };
  const reader = async (): Promise<void> => {
    while (!state.over) {
      const { token } = pick(seen);
      const { status, body } = await send(pick([...replicas.gateways, ...replicas.auths]), {
        path: '/auth/me',
        headers: bearer(token),
      });
      expectOk('me', status, body);
    }
  };
  const loginNow = async (): Promise<void> => {
    while (!state.over) {
      const session = await login(pick(replicas.gateways), pick(users));
      requests += 1;
      note(session.access.secret);
      await sleep(300);
    }
  };
  for (const session of sessions) note(session.access.secret);
  const running = Promise.all([...sessions.map(refresher), ...Array.from({ length: 8 }, reader), loginNow()]);
  return {
    seen,
    failures,
    count: () => requests,
    unavailable: () => unavailable,
    async stop(): Promise<void> {
      state.over = true;
      await running;
    },
  };
}

describe('rotating the signing key under load', () => {
  it('fails no request, publishes the next key before it signs, and keeps old tokens good', async () => {
    const users = await Promise.all(Array.from({ length: 4 }, () => newUser(replicas.gateways[0] ?? '')));
    const sessions = users.flatMap((user) => user.sessions);
    const load = useTokens(sessions, users);
    const everywhere = [...replicas.gateways, ...replicas.auths];
    const publishedAt = new Map<string, number>();
    for (const kid of await publishedBy(everywhere[0] ?? '')) publishedAt.set(kid, 0);
    /** Of each rotation, how many requests were answered 503 meanwhile. */
    const turns: number[] = [];
    try {
      for (let calm = 0; calm < rotations && publishedAt.size <= mostRotations;) {
        const unavailable = load.unavailable();
        const known = new Set(publishedAt.keys());
        const answer = await operator.rotateKey();
        expect(answer.status).toBeLessThan(300);
        await eventually(async () => {
          for (const origin of everywhere) {
            const fresh = (await publishedBy(origin)).filter((kid) => !known.has(kid));
            if (fresh.length !== 1) return false;
            for (const kid of fresh) publishedAt.set(kid, performance.now());
          }
          return true;
        });
        const [next] = [...publishedAt.keys()].filter((kid) => !known.has(kid));
        await eventually(() => load.seen.some(({ kid }) => kid === next));
        await sleep(1000);
        if (load.unavailable() === unavailable) calm += 1;
        turns.push(load.unavailable() - unavailable);
      }
    } finally {
      await load.stop();
    }
    const firstSigned = new Map<string, number>();
    for (const { kid, at } of load.seen) if (!firstSigned.has(kid)) firstSigned.set(kid, at);
    const leads = [...firstSigned].map(([kid, at]) => at - (publishedAt.get(kid) ?? Number.POSITIVE_INFINITY));
    console.log(
      `${turns.length} rotations: ${load.count()} requests, ${load.failures.length} failed, ${turns.join(', ')} answered 503, ${load.seen.length} tokens of ${firstSigned.size} keys; ` +
        `each key was published everywhere ${leads
          .slice(1)
          .map((lead) => `${(lead / 1000).toFixed(1)} s`)
          .join(' and ')} before it signed`,
    );
    expect(load.failures).toEqual([]);
    expect(turns.filter((unavailable) => unavailable === 0)).toHaveLength(rotations);
    expect(firstSigned.size).toBe(turns.length + 1);
    for (const lead of leads) expect(lead).toBeGreaterThan(0);
    // The very first token, of the first key, on every replica.
    const [oldest] = load.seen;
    for (const origin of everywhere) {
      const { status } = await send(origin, { path: '/auth/me', headers: bearer(oldest?.token ?? '') });
      expect([origin, status]).toEqual([origin, 200]);
    }
  });
});
