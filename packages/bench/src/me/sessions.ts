import { randomUUID } from 'node:crypto';

/** Somebody signed in: the opaque session, and an access token of it. */
export interface SignedIn {
  actorId: string;
  session: string;
  access: string;
}

const sessionsPerUser = 5;

async function signIn(origin: string, path: string, body: object): Promise<SignedIn> {
  const response = await fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
  const signedIn = (await response.json()) as {
    actor: { actor_id: string };
    session_token: string;
    access_token: string;
  };
  return {
    actorId: signedIn.actor.actor_id,
    session: signedIn.session_token,
    access: signedIn.access_token,
  };
}

/** So many sessions, five to a user. */
export async function makeSessions(origin: string, count: number): Promise<SignedIn[]> {
  const sessions: SignedIn[] = [];
  const worker = async (): Promise<void> => {
    while (sessions.length < count) {
      const login = { username: `bench-${randomUUID().slice(0, 8)}`, password: randomUUID() };
      sessions.push(await signIn(origin, '/auth/register', login));
      for (let made = 1; made < sessionsPerUser; made += 1) sessions.push(await signIn(origin, '/auth/login', login));
    }
  };
  await Promise.all([worker(), worker()]);
  return sessions.slice(0, count);
}
