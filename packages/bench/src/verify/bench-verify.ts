import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { startProcess, type StartedProcess } from '@artdag/testing';
import { request } from 'undici';
import { closedLoop, type LoopOptions } from '../closed-loop.ts';
import { cpuMs } from '../cpu-time.ts';
import { openLoop, type Latencies } from '../open-loop.ts';
import { median, printTable } from '../report.ts';
import { isQuick, rounds, roundSeconds, warmSeconds } from '../rounds.ts';
import { startServices, type Services } from '../services.ts';
import { makeAttachments, verifyRequest, type Attachment, type VerifyRequest } from './attachments.ts';
import { badTokensOf, expectRefusals, publicPemOf } from './refusals.ts';

const concurrency = 64;
const users = isQuick ? 20 : 1000;
const l1Servers = Array.from({ length: 10 }, (_, i) => `https://l1-${i}.example.com`);
/** Of the closed loop's rate, for the constant arrival rate. */
const shareOfRate = 0.5;

/** One of those that answer the same requests, with the processes that work for it. */
interface Side extends Omit<LoopOptions, 'seconds'> {
  name: string;
  processes: Record<string, number>;
  answered: number;
}

function sideOf(
  name: string,
  origin: string,
  o: {
    requests: readonly VerifyRequest[];
    processes: Record<string, number>;
    isGood(text: string, jti: string): boolean;
  },
): Side {
  let turn = 0;
  const side: Side = {
    ...{ name, origin, concurrency, processes: o.processes, answered: 0 },
    next: () => o.requests[(turn += 1) % o.requests.length] as VerifyRequest,
    check(status, text, sent) {
      if (status !== 200 || !o.isGood(text, (sent as VerifyRequest).jti))
        throw new Error(`POST /auth/verify (${name}) answered ${status}: ${text.slice(0, 500)}`);
      side.answered += 1;
    },
  };
  return side;
}

const cpuOf = ({ processes }: Side): number[] => Object.values(processes).map((pid) => cpuMs(pid));

/** Lets the sides take turns; each has its rates in the end, and the CPU time that a request cost in each of its processes. */
async function measure(sides: readonly Side[]): Promise<{ rates: number[]; cpu: string }[]> {
  const measured = sides.map((side) => ({ side, rates: [] as number[], answered: 0, cpu: cpuOf(side).map(() => 0) }));
  for (const side of sides) await closedLoop({ ...side, seconds: warmSeconds });
  for (let round = 1; round <= rounds; round += 1) {
    for (const each of measured) {
      const [before, answeredBefore] = [cpuOf(each.side), each.side.answered];
      each.rates.push(await closedLoop({ ...each.side, seconds: roundSeconds }));
      each.answered += each.side.answered - answeredBefore;
      const after = cpuOf(each.side);
      each.cpu = each.cpu.map((ms, i) => ms + (after[i] ?? 0) - (before[i] ?? 0));
    }
  }
  return measured.map(({ side, rates, answered, cpu }) => {
    const perRequest = cpu.map((ms) => ((ms * 1000) / answered).toFixed(0));
    return {
      rates,
      cpu: Object.keys(side.processes)
        .map((name, i) => `${name} ${perRequest[i]} µs`)
        .join(', '),
    };
  });
}

/** At a constant arrival rate, counted from when each request was due; the sides take turns here too, and the median round of each counts. */
async function printLatencies(arrivals: readonly { side: Side; perSecond: number }[]): Promise<void> {
  const measured = arrivals.map((arrival) => ({ ...arrival, rounds: [] as Latencies[] }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const each of measured) {
      const { side, perSecond } = each;
      each.rounds.push(await openLoop({ ...side, perSecond, seconds: roundSeconds }));
    }
  }
  const rows = measured.map((each) => {
    const of = (key: keyof Latencies): string => median(each.rounds.map((round) => round[key])).toFixed(1);
    return [each.side.name, String(each.perSecond), of('p50'), of('p99'), of('max')];
  });
  printTable([['', 'arrivals/s', 'p50 ms', 'p99 ms', 'longest ms'], ...rows]);
}

/** Gives every token that is needed, and makes sure that both of ours refuse those that do not count. */
async function prepare(services: Services, key: KeyObject) {
  const [bridge, gateway] = [services.urlOf('l1-bridge'), services.urlOf('gateway')];
  const started = performance.now();
  const [victim] = await makeAttachments(gateway, 1, l1Servers.slice(0, 1));
  const attachments = await makeAttachments(gateway, users, l1Servers);
  const [live] = attachments;
  if (victim === undefined || live === undefined) throw new Error('nobody is attached');
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  process.stdout.write(`${attachments.length} tokens of ${users} users by POST /renderers/attach in ${seconds} s\n`);
  await revoke(gateway, victim);
  const bad = badTokensOf(victim, live, l1Servers[1] ?? '', key);
  const answer = await expectRefusals(bridge, { live, bad, isOurs: true });
  await expectRefusals(gateway, { live, bad, isOurs: true });
  const expectBareRefusals = (origin: string) => expectRefusals(origin, { live, bad, isOurs: false });
  return { requests: attachments.map(verifyRequest), answer, expectBareRefusals };
}

function startBare(services: Services, key: KeyObject, answer: string): Promise<StartedProcess> {
  return startProcess({
    script: join(import.meta.dirname, 'bare-route.js'),
    args: [publicPemOf(key), services.domain, services.redisUrl, services.redisPrefix, answer],
    env: { NODE_ENV: 'production' },
    readyLine: /ready (\S+)/,
  });
}

/**
 * `POST /auth/verify`, on l1-bridge's own port and through the gateway, with tokens of users who are each attached to ten L1s, against a bare
 * Express route that verifies each token anew and asks Redis one GET.
 */
export async function benchVerify(): Promise<void> {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const services = await startServices(['auth', 'l1-bridge', 'gateway'], {
    L1_SERVERS: l1Servers.join(),
    SIGNING_PRIVATE_KEY: String(key.export({ type: 'pkcs8', format: 'pem' })),
  });
  try {
    const { requests, answer, expectBareRefusals } = await prepare(services, key);
    const bare = await startBare(services, key, answer);
    try {
      await expectBareRefusals(bare.url);
      process.stdout.write(
        `POST /auth/verify (${answer.length} bytes) with ${requests.length} tokens at ${concurrency} at once; ` +
          `${warmSeconds} s of warming each, then ${rounds} rounds of ${roundSeconds} s each, taking turns\n`,
      );
      if (isQuick) process.stdout.write('BENCH_QUICK is set: these figures count for nothing\n');
      const bridge = { 'l1-bridge': services.pidOf('l1-bridge') };
      const both = { gateway: services.pidOf('gateway'), ...bridge };
      const hasSize = (text: string): boolean => text.length === answer.length;
      await report(
        sideOf('directly', services.urlOf('l1-bridge'), { requests, processes: bridge, isGood: names }),
        sideOf('through the gateway', services.urlOf('gateway'), { requests, processes: both, isGood: names }),
        sideOf('bare', bare.url, { requests, processes: { 'the bare route': bare.pid }, isGood: hasSize }),
      );
    } finally {
      await bare.stop();
    }
  } finally {
    await services.remove();
  }
}

const names = (text: string, jti: string): boolean =>
  text.startsWith('{"valid":true,') && text.includes(`"jti":"${jti}"`);

async function report(direct: Side, throughGateway: Side, baseline: Side): Promise<void> {
  const [own, proxied, bare] = await measure([direct, throughGateway, baseline]);
  if (own === undefined || proxied === undefined || bare === undefined) throw new Error('nothing was measured');
  const ratiosOf = ({ rates }: { rates: number[] }): number[] => rates.map((rate, i) => rate / (bare.rates[i] ?? 0));
  const [ratios, proxiedRatios] = [ratiosOf(own), ratiosOf(proxied)];
  const figures = (values: number[], round: number, digits: number): string => (values[round] ?? 0).toFixed(digits);
  printTable([
    ['round', 'direct/s', 'bare/s', 'ratio', 'gateway/s', 'ratio'],
    ...own.rates.map((_, i) => [
      ...[String(i + 1), figures(own.rates, i, 0), figures(bare.rates, i, 0), figures(ratios, i, 3)],
      ...[figures(proxied.rates, i, 0), figures(proxiedRatios, i, 3)],
    ]),
  ]);
  process.stdout.write(
    `median ratio ${median(ratios).toFixed(3)} (aim 0.7 or more), through the gateway ${median(proxiedRatios).toFixed(3)} (aim 0.4 or more)\n` +
      `CPU time per request: directly ${own.cpu}; through the gateway ${proxied.cpu}; ${bare.cpu}\n`,
  );
  const half = ({ rates }: { rates: number[] }): number => Math.ceil((median(rates) * shareOfRate) / 10) * 10;
  await printLatencies([
    { side: direct, perSecond: half(own) },
    { side: baseline, perSecond: half(own) },
    { side: throughGateway, perSecond: half(proxied) },
  ]);
}

/** Signs the user out, whose token was good until then. */
async function revoke(origin: string, attachment: Attachment): Promise<void> {
  const { session, jti } = attachment;
  const { path, headers, body } = verifyRequest(attachment);
  const before = await request(origin + path, { method: 'POST', headers, body });
  const text = await before.body.text();
  if (before.statusCode !== 200 || !names(text, jti))
    throw new Error(`a token that is to be revoked was answered ${before.statusCode} before: ${text}`);
  const authorization = `Bearer ${session}`;
  const logout = await request(`${origin}/auth/logout`, { method: 'POST', headers: { authorization } });
  await logout.body.dump();
  if (logout.statusCode !== 200) throw new Error(`POST /auth/logout answered ${logout.statusCode}`);
}
