import { userLoggedIn } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import { identityOf, type ActorProfile } from '../actors/actor-profile.ts';
import { appendAudit } from '../audit/audit.ts';
import { clientHash, insertRefreshToken, newRefreshToken } from '../refresh/refresh-token.ts';
import { newSession, type ClientInfo, type NewSession } from './session.ts';

/** Somebody who has just signed in, with the two secrets that are shown this once. */
export interface SignedIn {
  profile: ActorProfile;
  session: NewSession;
  refresh: { secret: string; expiresAt: Date };
}

export interface StartSession {
  profile: ActorProfile;
  orgId: string | null;
  method: NewSession['method'];
  client: ClientInfo;
  requestId: string;
  now: Date;
  sessionTtlMs: number;
  refreshTtlMs: number;
}

/** Stores a new session with its first refresh token, in the caller's transaction. */
export async function insertSession(execute: Execute, o: StartSession): Promise<SignedIn> {
  const { profile, orgId, method, client, now } = o;
  const { actorId } = profile;
  const session = newSession({ actorId, orgId, method, now, ttlMs: o.sessionTtlMs, client });
  const { secret, row } = newRefreshToken({
    ...{ sessionId: session.id, actorId, now, ttlMs: o.refreshTtlMs },
    ...{ clientHash: clientHash(client.userAgent), notAfter: session.expiresAt },
  });
  await execute(
    `INSERT INTO sessions (token, id, actor_id, actor_data, method, org_id, ip, user_agent, created_at, expires_at,
                           last_activity_at)
     VALUES ($1, $2, $3, $4::text::jsonb, $5, $6, $7, $8, $9::timestamptz, $10::timestamptz, $9::timestamptz)`,
    [
      ...[session.tokenHash, session.id, actorId, JSON.stringify(identityOf(profile)), method, orgId],
      ...[client.ip, client.userAgent, now.toISOString(), session.expiresAt.toISOString()],
    ],
  );
  await insertRefreshToken(execute, row);
  return { profile, session, refresh: { secret, expiresAt: row.expiresAt } };
}

/** What a login leaves behind it. */
export async function recordLogin(execute: Execute, o: StartSession, { session }: SignedIn): Promise<void> {
  const { actorId } = session;
  await appendEvent(
    execute,
    userLoggedIn.create({
      id: newId('evt'),
      occurred_at: o.now.toISOString(),
      subject: session.id,
      subject_version: 1,
      actor_id: actorId,
      org_id: session.orgId,
      correlation_id: o.requestId,
      data: { actor_id: actorId, method: session.method, session_id: session.id },
    }),
  );
  await appendAudit(execute, {
    ...{ actorId, action: 'login', target: session.id, ip: o.client.ip, requestId: o.requestId },
    data: { method: session.method },
  });
}
