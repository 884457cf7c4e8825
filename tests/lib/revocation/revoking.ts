import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Call, send } from './http.ts';
import type { Journal } from './journal.ts';
import { bearer, type Credential, type Session, sessionOf, type User, userAgent } from './population.ts';

export interface RevokingDeps {
  journal: Journal;
  anyGateway: () => string;
  publicOrigin: string;
  /** Disables an account as an operator does; resolves once that is answered. */
  disable: (actorId: string) => Promise<Answer>;
  /** Uses them from now on, above all in the moments before and after their end; resolves once each was used. */
  watch: (credentials: Iterable<Credential>) => Promise<Watch>;
  /** Called in the moment in which sessions are about to be ended. */
  onEnding: (sessions: readonly Session[]) => void;
  /** Called with what a password change has brought forth. */
  onBorn: (credential: Credential) => void;
}

export interface Watch {
  /** Uses them once more, now that whoever revoked them has heard so; to be called in the very turn in which that was noted. */
  ended(dead: readonly Credential[]): Promise<void>;
  /** They were not revoked. */
  given(): void;
}

/** Every way to take credentials back, each with its bookkeeping. */
export interface Revoking {
  revokeToken(credential: Credential, by: Session): Promise<void>;
  endSession(session: Session, way: SessionEnd): Promise<void>;
  disableUser(user: User): Promise<void>;
}

export type SessionEnd = 'bearer' | 'cookie' | 'access' | 'platform' | 'other' | 'all' | 'password';
export const endsOfOne: readonly SessionEnd[] = ['bearer', 'cookie', 'access', 'platform'];
export const endsOfAll: readonly SessionEnd[] = ['all', 'password', ...endsOfOne];

/** How long a revocation is asked for. */
const patienceMs = 60_000;
const disabling = 'disabling an account';

export function createRevoking(deps: RevokingDeps): Revoking {
  const { journal } = deps;
  const headers = { 'user-agent': userAgent };
  const viaGateway = (call: Call): Promise<Answer> =>
    send(deps.anyGateway(), { ...call, headers: { ...headers, ...call.headers } });

  /** Asks until it is answered with success. Undefined: whoever asked was not let in any more. */
  async function untilAnswered(what: string, user: User, ask: () => Promise<Answer>): Promise<Answer | undefined> {
    for (const end = performance.now() + patienceMs; performance.now() < end;) {
      const answer = await ask().catch(() => undefined);
      if (answer) journal.slowestRevokeMs = Math.max(journal.slowestRevokeMs, answer.answeredAt - answer.sentAt);
      if (answer && answer.status < 300) {
        journal.revocations += 1;
        return answer;
      }
      if (answer && answer.status < 500) {
        // Their account was disabled meanwhile, which ends the same credentials.
        if (user.disableSentAt !== undefined && what !== disabling) return undefined;
        journal.unexpected.push(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
        return undefined;
      }
      journal.repeated += 1;
      await sleep(200);
    }
    journal.unexpected.push(`${what}: never answered`);
    return undefined;
  }

  function bury(credentials: Iterable<Credential>): Credential[] {
    const now = performance.now();
    const dead = [...credentials].filter((credential) => credential.deadSince === undefined);
    for (const credential of dead) credential.deadSince = now;
    return dead;
  }

  const mark = (credentials: Iterable<Credential>): void => {
    for (const credential of credentials) credential.revokeSentAt ??= performance.now();
  };

  /** How each way is asked for, by whom, and what it ends. */
  function callOf(session: Session, way: SessionEnd): { call: Call; ends: Session[] } {
    const { user } = session;
    const alive = user.sessions.filter((each) => each.deadSince === undefined);
    const platform = [...session.credentials].find(({ kind }) => kind === 'platform') ?? session.access;
    const origin = { origin: deps.publicOrigin };
    const own = bearer(session.opaque.secret);
    const logout = { method: 'POST', path: '/auth/logout' } as const;
    if (way === 'all') return { call: { ...logout, headers: own, body: { all: true } }, ends: alive };
    if (way === 'password') {
      const body = { current_password: user.password, new_password: `${user.password}+` };
      return { call: { method: 'POST', path: '/auth/password', headers: own, body }, ends: alive };
    }
    if (way === 'other') {
      const by = alive.find((each) => each !== session && each.revokeSentAt === undefined) ?? session;
      const headers = bearer(by.opaque.secret);
      return { call: { method: 'DELETE', path: `/auth/sessions/${session.id}`, headers }, ends: [session] };
    }
    const carriers = {
      bearer: own,
      cookie: { cookie: `session_token=${session.opaque.secret}`, ...origin },
      access: bearer(session.access.secret),
      platform: { cookie: `platform_token=${platform.secret}`, ...origin },
    };
    return { call: { ...logout, headers: carriers[way] }, ends: [session] };
  }

  /** A password change ends its session too, and brings a new one. */
  function adoptStepUp(user: User, answer: Answer): void {
    user.password += '+';
    const fresh = sessionOf(user, answer);
    fresh.revokeSentAt = user.disableSentAt;
    if (user.disabledSince !== undefined) fresh.deadSince = performance.now();
    for (const credential of fresh.credentials) {
      credential.revokeSentAt = fresh.revokeSentAt;
      credential.deadSince = fresh.deadSince;
      deps.onBorn(credential);
    }
  }

  async function revokeToken(credential: Credential, by: Session): Promise<void> {
    const folder = credential.kind === 'api-token' ? '/v1/tokens' : '/auth/api-keys';
    const path = `${folder}/${encodeURIComponent(credential.id ?? '')}`;
    const call: Call = { method: 'DELETE', path, headers: bearer(by.opaque.secret) };
    const watch = await deps.watch([credential]);
    mark([credential]);
    const answer = await untilAnswered(`DELETE ${folder}`, by.user, () => viaGateway(call));
    if (answer) await watch.ended(bury([credential]));
    else watch.given();
  }

  return {
    async revokeToken(credential, by) {
      if (credential.revokeSentAt !== undefined) return;
      const settled = revokeToken(credential, by).finally(() => by.user.pending.delete(settled));
      by.user.pending.add(settled);
      await settled;
    },

    async endSession(session, way) {
      if (session.revokeSentAt !== undefined) return;
      const watch = await deps.watch(session.credentials);
      // It may have ended meanwhile, with all others.
      if (session.revokeSentAt !== undefined) return watch.given();
      const { call, ends } = callOf(session, way);
      for (const each of ends) {
        each.revokeSentAt ??= performance.now();
        mark(each.credentials);
      }
      deps.onEnding(ends);
      const answer = await untilAnswered(`ending a session by ${way}`, session.user, () => viaGateway(call));
      if (!answer) return watch.given();
      for (const each of ends) each.deadSince ??= performance.now();
      const ended = watch.ended(bury(ends.flatMap((each) => [...each.credentials])));
      if (way === 'password') adoptStepUp(session.user, answer);
      await ended;
    },

    async disableUser(user) {
      const watch = await deps.watch(user.credentials);
      user.disableSentAt = performance.now();
      const aboutToDie = (): void => {
        for (const session of user.sessions) session.revokeSentAt ??= performance.now();
        mark(user.credentials);
      };
      aboutToDie();
      deps.onEnding(user.sessions);
      const answer = await untilAnswered(disabling, user, () => deps.disable(user.actorId));
      if (!answer) return watch.given();
      user.disabledSince = performance.now();
      aboutToDie();
      for (const session of user.sessions) session.deadSince ??= performance.now();
      await watch.ended(bury(user.credentials));
    },
  };
}
