import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startClockedSuite, type ClockedSuite } from './lib/clocked-suite.ts';
import { median } from './lib/l1-logout/attached.ts';
import { insist } from './lib/patience.ts';
import { closeConnections, type Answer, send } from './lib/revocation/http.ts';
import { askToMint, bearer, cookieOf, newUser, type User, userAgent } from './lib/revocation/population.ts';

const guesses = 10_000;
const atOnce = 64;
/** The clock is put forward by half a minute after so many, which makes it an attack of twenty minutes and more. */
const guessesPerStep = 250;
const stepMs = 30_000;
const bystanders = 10;
const longestWaitSeconds = 15 * 60;
const maxLoginMs = 2000;

let suite: ClockedSuite;

beforeAll(async () => {
  suite = await startClockedSuite({ RATE_LIMIT_SESSION: '10', RATE_LIMIT_ANONYMOUS: '120' });
});

afterAll(async () => {
  await closeConnections();
  await suite?.remove();
});

/** Every third an IPv6 address of a network of its own. */
function addressOf(n: number): string {
  if (n % 3 === 0) return `2001:db8:${(n >> 8).toString(16)}:${(n & 0xff).toString(16)}::1`;
  return `203.${(n >> 16) & 0xff}.${(n >> 8) & 0xff}.${n & 0xff}`;
}

function login(
  o: { username: string; password: string; address: string },
  headers: Record<string, string> = {},
): Promise<Answer> {
  const call = {
    method: 'POST',
    path: '/auth/login',
    headers: { 'user-agent': userAgent, 'x-forwarded-for': o.address, ...headers },
    body: { username: o.username, password: o.password },
  } as const;
  return insist(() => send(suite.gateway, call));
}

async function hashesComputed(): Promise<number> {
  const text = await (await fetch(`${suite.auth}/metrics`)).text();
  return Number(/^auth_password_hashes_total(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

/** Guesses at an account from an address each, and says what came of it. */
async function attack(username: string, o: { onStep: (n: number) => Promise<void> }) {
  const statuses = new Map<number, number>();
  const state = { next: 0 };
  const guess = async (): Promise<void> => {
    state.next += 1;
    const answer = await login({
      username,
      password: randomBytes(9).toString('base64url'),
      address: addressOf(state.next % 5000),
    });
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  };
  for (let step = 0; step < guesses / guessesPerStep; step += 1) {
    const guesser = async (): Promise<void> => {
      while (state.next < (step + 1) * guessesPerStep) await guess();
    };
    await Promise.all([...Array.from({ length: atOnce }, guesser), o.onStep(step)]);
    suite.forward(stepMs);
  }
  return statuses;
}

async function statusWith(headers: Record<string, string>): Promise<number> {
  const call = { path: '/auth/me', headers: { 'x-forwarded-for': '198.51.100.7', ...headers } };
  return (await insist(() => send(suite.gateway, call))).status;
}

/** An owner with all that shall go on working. */
async function newOwner(): Promise<{ user: User; session: string; apiKey: string; device: string }> {
  const user = await newUser(suite.gateway);
  const answer = await login({ ...user, address: '198.51.100.7' });
  const [session] = user.sessions;
  if (!session) throw new Error('no session');
  const minted = await askToMint(suite.gateway, session, 'api-key');
  expect(minted.status).toBe(201);
  const device = cookieOf(answer, 'device') ?? '';
  expect(device).not.toBe('');
  return { user, session: session.opaque.secret, apiKey: String(minted.body['key']), device };
}

describe('10,000 guesses on one account from many addresses', () => {
  it('slow only the guessing down', async () => {
    const owner = await newOwner();
    const { username, password } = owner.user;
    const others: User[] = [];
    for (let n = 0; n < bystanders; n += 1) {
      others.push(await newUser(suite.gateway));
      suite.forward(stepMs);
    }
    suite.forward(60_000);

    const owners: number[] = [];
    const fromKnownBrowser: number[] = [];
    const otherLogins: { status: number; ms: number }[] = [];
    const before = await hashesComputed();
    const onStep = async (step: number): Promise<void> => {
      owners.push(await statusWith(bearer(owner.session)), await statusWith({ 'x-api-key': owner.apiKey }));
      const other = others[step % others.length];
      if (other) {
        const { status, sentAt, answeredAt } = await login({ ...other, address: `192.0.2.${step + 1}` });
        otherLogins.push({ status, ms: answeredAt - sentAt });
      }
      if (step % 8 !== 7) return;
      const known = { username, password, address: '198.51.100.8' };
      fromKnownBrowser.push((await login(known, { cookie: `device=${owner.device}` })).status);
    };
    const started = performance.now();
    const statuses = await attack(username, { onStep });
    const attackMs = performance.now() - started;
    const mine = otherLogins.length + fromKnownBrowser.length;
    const computed = (await hashesComputed()) - before - mine;

    const elsewhere = { username, password, address: '198.51.100.99' };
    const early = await login(elsewhere);
    const waitSeconds = Number(early.headers['retry-after'] ?? 0);
    if (early.status === 429) suite.forward(waitSeconds * 1000);
    const late = await login({ ...elsewhere, address: '198.51.100.100' });

    const times = otherLogins.map(({ ms }) => ms);
    console.log(
      `${guesses} guesses in ${(attackMs / 1000).toFixed(1)} s (${((guesses / guessesPerStep) * stepMs) / 60_000} min on the services' clock): ` +
        `${computed} hashes computed, answers ${JSON.stringify(Object.fromEntries(statuses))}; ` +
        `${times.length} other logins took ${median(times).toFixed(0)} ms, the slowest ${Math.max(...times).toFixed(0)} ms; ` +
        `the right password elsewhere got ${early.status}, and ${late.status} after the stated wait of ${waitSeconds} s`,
    );
    // No guess gets anything but a refusal, and hardly one costs a hash.
    expect([...statuses.keys()].filter((status) => status !== 401 && status !== 429)).toEqual([]);
    expect(computed).toBe(statuses.get(401));
    expect(computed).toBeGreaterThanOrEqual(10);
    expect(computed).toBeLessThanOrEqual(20);
    // The owner's sessions and keys, and their own browser, know nothing of it.
    expect(new Set(owners)).toEqual(new Set([200]));
    expect(new Set(fromKnownBrowser)).toEqual(new Set([200]));
    // Elsewhere they wait as long as they are told, once.
    expect(early.status).toBe(429);
    expect(waitSeconds).toBeLessThanOrEqual(longestWaitSeconds);
    expect(late.status).toBe(200);
    // Nobody else does.
    expect(new Set(otherLogins.map(({ status }) => status))).toEqual(new Set([200]));
    // Whoever waited for the guesses would do so each time; a pause of the machine comes now and then.
    expect(median(times)).toBeLessThan(maxLoginMs);
  });
});
