import { setTimeout as sleep } from 'node:timers/promises';
import type { Replicas } from '../replicas.ts';
import { type Answer, send, sendPatiently } from './http.ts';
import { type Journal, judgeUse, newJournal } from './journal.ts';
import { type Credential, type Session, type User, userAgent } from './population.ts';
import { pick } from './pick.ts';
import { createRenewing, type Renewing } from './renewing.ts';
import { createRevoking, endsOfAll, endsOfOne, type Revoking, type Watch } from './revoking.ts';

export interface LoadOptions {
  replicas: Replicas;
  users: readonly User[];
  /** Over how long the revocations are spread. */
  seconds: number;
  /** Clients that use credentials, each one request at a time. */
  clients: number;
  /** Clients that refresh and mint, each one request at a time. */
  renewers: number;
  /** Whether sessions are also refreshed, and mint, in the very moment in which they are ended. */
  renewAtTheEnd: boolean;
  disable: (actorId: string) => Promise<Answer>;
  /** What befalls the store or the broker meanwhile; begins with the revocations. */
  fault: () => Promise<void>;
}

export interface LoadResult {
  journal: Journal;
  /** Of the credentials that were there from the beginning: those that were revoked, and those among them that were accepted before. */
  revoked: number;
  acceptedBefore: number;
  /** Of those that came forth meanwhile: the ones that had to be dead in the end. */
  revokedOfNew: number;
  /** Credentials nobody has revoked. */
  alive: number;
}

/** More would wait for each other in the services instead of here. */
const maxRevocationsAtOnce = 64;
/** Of those that end together. */
const maxWatched = 3;
const watchEveryMs = 400;

/** A clock of its own for everything that shall happen at some moment; resolves when all has. */
interface Plan {
  at(second: number, work: () => Promise<void>): void;
  run(): Promise<void>;
}

function newPlan(): Plan {
  const entries: { second: number; work: () => Promise<void> }[] = [];
  return {
    at: (second, work) => void entries.push({ second, work }),
    async run() {
      const start = performance.now();
      const going = new Set<Promise<void>>();
      for (const { second, work } of entries.toSorted((a, b) => a.second - b.second)) {
        const waitMs = start + second * 1000 - performance.now();
        if (waitMs > 0) await sleep(waitMs);
        while (going.size >= maxRevocationsAtOnce) await Promise.race(going);
        const begun = work().finally(() => going.delete(begun));
        going.add(begun);
      }
      await Promise.all(going);
    },
  };
}

/** When and how each credential of everybody's ends: all of them do, at moments of their own. */
function planRevocations(plan: Plan, users: readonly User[], seconds: number, revoking: Revoking): void {
  const moment = (from: number, to: number): number => seconds * (from + Math.random() * (to - from));
  for (const user of users) {
    const [first, last] = user.sessions as [Session, Session];
    const lastEnds = moment(0.5, 1);
    if (Math.random() < 0.25) plan.at(moment(0.1, 0.9), () => revoking.disableUser(user));
    plan.at(moment(0, 1), () => revoking.endSession(first, pick([...endsOfOne, 'other'])));
    for (const credential of user.credentials)
      if (credential.id !== undefined)
        plan.at(Math.random() * lastEnds * 0.9, () => revoking.revokeToken(credential, last));
    plan.at(lastEnds, async () => {
      await Promise.all(user.pending);
      await revoking.endSession(last, pick(endsOfAll));
    });
  }
}

/** Clients in closed loops, over all gateways and auths, and those who look closely at what is about to end. */
function createUsers(o: LoadOptions, all: Credential[], journal: Journal) {
  const { gateways, auths } = o.replicas;
  const origins = [...gateways, ...gateways, ...auths];
  const justDied: Credential[] = [];
  /** What got no answer that says anything, and has to be accepted once before it is revoked. */
  const notYet: Credential[] = [];
  const state = { next: 0, stopped: false };
  const use = async (credential: Credential, origin: string): Promise<void> => {
    const call = { path: '/auth/me', headers: { 'user-agent': userAgent, ...pick(credential.carriers) } };
    const answer = await send(origin, call).catch(() => undefined);
    if (!answer) return void (journal.lost += 1);
    const { status, sentAt, answeredAt } = answer;
    const where = gateways.includes(origin)
      ? `gateway ${gateways.indexOf(origin) + 1}`
      : `auth ${auths.indexOf(origin) + 1}`;
    judgeUse(journal, credential, { where, status, sentAt, answeredAt });
  };
  const client = async (): Promise<void> => {
    while (!state.stopped) {
      const unused = notYet.shift() ?? all[state.next++];
      // What lives is in constant use, however much dies.
      const used = unused ?? (Math.random() < 0.3 ? justDied.shift() : undefined) ?? pick(all);
      await use(used, pick(origins));
      if (used === unused && used.accepted === 0 && used.revokeSentAt === undefined) notYet.push(used);
    }
  };
  /** The same few at the same replicas, so that whatever a replica remembers of them is fresh as they end. */
  const watch = async (credentials: Iterable<Credential>): Promise<Watch> => {
    const seen = [...credentials].slice(0, maxWatched).map((credential) => {
      const where = [pick(gateways), pick(origins)];
      return () => Promise.all(where.map((origin) => use(credential, origin)));
    });
    const useAll = (): Promise<unknown> => Promise.all(seen.map((again) => again()));
    await useAll();
    const timer = setInterval(() => void useAll(), watchEveryMs);
    return {
      given: () => clearInterval(timer),
      async ended(dead) {
        clearInterval(timer);
        justDied.push(...dead);
        await useAll();
      },
    };
  };
  return {
    watch,
    onBorn(credential: Credential): void {
      all.push(credential);
      if (credential.deadSince !== undefined) justDied.push(credential);
    },
    start: (): Promise<unknown> => Promise.all(Array.from({ length: o.clients }, client)),
    stop(): void {
      state.stopped = true;
    },
  };
}

async function renewUntil(stopped: () => boolean, users: readonly User[], renewing: Renewing): Promise<void> {
  while (!stopped()) {
    const user = pick(users);
    const session = pick(user.sessions);
    // Mostly of sessions that live or are about to end, and now and then of one that has ended.
    if (session.deadSince !== undefined && Math.random() < 0.7) await sleep(1);
    else if (Math.random() < 0.6) await renewing.refresh(session);
    else await renewing.mint(session, pick(['api-token', 'api-key'] as const));
  }
}

/** So near to its end that either may come first. */
async function renewAsItEnds(session: Session, renewing: Renewing): Promise<void> {
  const soon = (): Promise<void> => sleep(Math.random() * 30);
  await Promise.all([
    soon().then(() => renewing.refresh(session)),
    soon().then(() => renewing.mint(session, 'api-token')),
    soon().then(() => renewing.mint(session, 'api-key')),
  ]);
}

/** After everything is back: whatever was revoked gets 401 of every gateway, and of auth itself; everything else is let in. */
async function sweep(o: LoadOptions, all: readonly Credential[], journal: Journal): Promise<void> {
  const { gateways, auths } = o.replicas;
  const jobs = all.flatMap((credential) =>
    (credential.deadSince === undefined
      ? [pick(gateways)]
      : [...gateways, ...(Math.random() < 0.25 ? [pick(auths)] : [])]
    ).map((origin) => ({
      credential,
      origin,
    })),
  );
  const worker = async (): Promise<void> => {
    for (let job = jobs.pop(); job; job = jobs.pop()) {
      const { credential, origin } = job;
      const { status } = await sendPatiently(origin, { path: '/auth/me', headers: pick(credential.carriers) });
      const wanted = credential.deadSince === undefined ? 200 : 401;
      if (status !== wanted) journal.violations.push(`afterwards: ${credential.kind} gets ${status}, not ${wanted}`);
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}

/** Uses, revokes and renews the users' credentials while the fault happens, and checks all of them when it is over. */
export async function runLoad(o: LoadOptions): Promise<LoadResult> {
  const journal = newJournal();
  const all = o.users.flatMap((user) => [...user.credentials]);
  const first = [...all];
  const anyGateway = (): string => pick(o.replicas.gateways);
  const clients = createUsers(o, all, journal);
  const { publicOrigin } = o.replicas;
  const revoking = createRevoking({
    journal,
    anyGateway,
    publicOrigin,
    disable: o.disable,
    watch: clients.watch,
    onEnding: (sessions) => {
      if (o.renewAtTheEnd) for (const session of sessions) atTheEnd.push(renewAsItEnds(session, renewing));
    },
    onBorn: (credential) => clients.onBorn(credential),
  });
  const atTheEnd: Promise<unknown>[] = [];
  const renewing = createRenewing({ journal, anyGateway, onBorn: (credential) => clients.onBorn(credential) });
  const plan = newPlan();
  planRevocations(plan, o.users, o.seconds, revoking);

  const using = clients.start();
  while (journal.violations.length === 0 && first.some(({ accepted }) => accepted === 0)) await sleep(10);
  let over = false;
  const renewers = Array.from({ length: o.renewers }, () => renewUntil(() => over, o.users, renewing));
  await Promise.all([plan.run(), o.fault()]);
  over = true;
  await Promise.all([...renewers, ...atTheEnd]);
  clients.stop();
  await using;
  await sweep(o, all, journal);
  const dead = ({ deadSince }: Credential): boolean => deadSince !== undefined;
  const revoked = first.filter(dead);
  return {
    journal,
    revoked: revoked.length,
    acceptedBefore: revoked.filter(({ accepted }) => accepted > 0).length,
    revokedOfNew: all.filter(dead).length - revoked.length,
    alive: all.length - all.filter(dead).length,
  };
}
