import { send } from './http.ts';
import type { Journal } from './journal.ts';
import { askToMint, type Credential, mintedOf, newCredential, type Session, userAgent } from './population.ts';

export interface RenewingDeps {
  journal: Journal;
  anyGateway: () => string;
  /** Called with every new credential, which may have been born dead. */
  onBorn: (credential: Credential) => void;
}

/** What sessions bring forth while others end them. */
export interface Renewing {
  refresh(session: Session): Promise<void>;
  mint(session: Session, kind: 'api-token' | 'api-key'): Promise<void>;
}

export function createRenewing({ journal, anyGateway, onBorn }: RenewingDeps): Renewing {
  return {
    async refresh(session) {
      if (session.refreshing) return;
      session.refreshing = true;
      const { deadSince } = session;
      const call = {
        method: 'POST',
        path: '/auth/refresh',
        headers: { 'user-agent': userAgent },
        body: { refresh_token: session.refreshToken },
      } as const;
      const answer = await send(anyGateway(), call).catch(() => undefined);
      session.refreshing = false;
      if (!answer) journal.lost += 1;
      else if (answer.status === 503) journal.unavailable += 1;
      else if (answer.status !== 200) {
        if (session.revokeSentAt === undefined)
          journal.violations.push(`refresh of a live session: ${answer.status} ${JSON.stringify(answer.body)}`);
      } else {
        if (deadSince !== undefined) journal.violations.push('a session that has ended was refreshed');
        journal.refreshed += 1;
        session.refreshToken = String(answer.body['refresh_token']);
        const born = newCredential('access', String(answer.body['access_token']), session.user);
        born.revokeSentAt = session.revokeSentAt;
        if (session.deadSince !== undefined) born.deadSince = performance.now();
        session.credentials.add(born);
        session.user.credentials.add(born);
        session.access = born;
        onBorn(born);
      }
    },

    async mint(session, kind) {
      const { deadSince, user } = session;
      const answer = await askToMint(anyGateway(), session, kind).catch(() => undefined);
      if (!answer) journal.lost += 1;
      else if (answer.status === 503) journal.unavailable += 1;
      else if (answer.status !== 201) {
        if (session.revokeSentAt === undefined && answer.body['code'] !== 'too_many_keys')
          journal.violations.push(`minting in a live session: ${answer.status} ${JSON.stringify(answer.body)}`);
      } else {
        if (deadSince !== undefined) journal.violations.push(`a session that has ended minted an ${kind}`);
        journal.minted += 1;
        const born = mintedOf(user, kind, answer);
        // A logout leaves API keys and API tokens alone; disabling the account does not.
        born.revokeSentAt = user.disableSentAt;
        if (user.disabledSince !== undefined) born.deadSince = performance.now();
        onBorn(born);
      }
    },
  };
}
