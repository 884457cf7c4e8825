import { randomBytes, randomUUID } from 'node:crypto';
import { insist } from '../patience.ts';
import { type Answer, send, sendPatiently } from './http.ts';

export type Kind = 'session' | 'access' | 'platform' | 'api-token' | 'api-key';

/** One secret, and every way to show it. */
export interface Credential {
  kind: Kind;
  secret: string;
  /** The headers of each carrier that takes it. */
  carriers: readonly Record<string, string>[];
  user: User;
  /** What DELETE names it by; API tokens and API keys only. */
  id: string | undefined;
  /** How often it was accepted before anybody asked to revoke it. */
  accepted: number;
  /** When somebody first asked to revoke it. */
  revokeSentAt: number | undefined;
  /** When the answer to that had arrived: whatever is sent later must be refused. */
  deadSince: number | undefined;
}

export interface Session {
  id: string;
  user: User;
  opaque: Credential;
  access: Credential;
  refreshToken: string;
  refreshing: boolean;
  /** All that dies with it. */
  credentials: Set<Credential>;
  revokeSentAt: number | undefined;
  deadSince: number | undefined;
}

export interface User {
  username: string;
  password: string;
  actorId: string;
  sessions: Session[];
  credentials: Set<Credential>;
  disableSentAt: number | undefined;
  disabledSince: number | undefined;
  /** Revocations by one of its sessions that have not been answered. */
  pending: Set<Promise<unknown>>;
}

export const userAgent = 'artdag-test/1';
export const bearer = (secret: string): Record<string, string> => ({ authorization: `Bearer ${secret}` });
const cookie = (name: string, secret: string): Record<string, string> => ({ cookie: `${name}=${secret}` });

function carriersOf(kind: Kind, secret: string): readonly Record<string, string>[] {
  if (kind === 'session') return [bearer(secret), cookie('session_token', secret)];
  if (kind === 'platform') return [cookie('platform_token', secret)];
  if (kind === 'api-key') return [{ 'x-api-key': secret }];
  return [bearer(secret)];
}

export function newCredential(kind: Kind, secret: string, user: User, id?: string): Credential {
  const carriers = carriersOf(kind, secret);
  return { kind, secret, carriers, user, id, accepted: 0, revokeSentAt: undefined, deadSince: undefined };
}

/** The value of a cookie that an answer sets. */
export function cookieOf(answer: Answer, name: string): string | undefined {
  const set = [answer.headers['set-cookie'] ?? []].flat();
  const found = set.find((text) => text.startsWith(`${name}=`));
  return found?.slice(name.length + 1).split(';', 1)[0];
}

/** The session of an answer to a login, a registration or a step-up. */
export function sessionOf(user: User, answer: Answer): Session {
  const text = (name: string): string => {
    const value = answer.body[name];
    if (typeof value !== 'string') throw new Error(`the login of ${user.username} brought no ${name}`);
    return value;
  };
  const access = newCredential('access', text('access_token'), user);
  const opaque = newCredential('session', text('session_token'), user);
  const session: Session = {
    id: String(claimsOf(access.secret)['sid']),
    user,
    opaque,
    access,
    refreshToken: text('refresh_token'),
    refreshing: false,
    credentials: new Set([opaque, access]),
    revokeSentAt: undefined,
    deadSince: undefined,
  };
  const platform = cookieOf(answer, 'platform_token');
  if (platform === undefined) throw new Error(`the login of ${user.username} set no platform_token`);
  // The cookie may hold the very access token of the body.
  if (platform !== access.secret) session.credentials.add(newCredential('platform', platform, user));
  user.sessions.push(session);
  for (const credential of session.credentials) user.credentials.add(credential);
  return session;
}

/** What a JWT says, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

const headers = { 'user-agent': userAgent };

function expectStatus(answer: Answer, status: number, what: string): Answer {
  if (answer.status === status) return answer;
  throw new Error(`${what} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}

export async function login(origin: string, user: User): Promise<Session> {
  const body = { username: user.username, password: user.password };
  const answer = await sendPatiently(origin, { method: 'POST', path: '/auth/login', headers, body });
  return sessionOf(user, expectStatus(answer, 200, 'logging in'));
}

/** Registers somebody, which signs them in. */
export async function newUser(origin: string): Promise<User> {
  const username = `u${randomUUID().slice(0, 13)}`;
  const password = randomBytes(12).toString('base64url');
  const answer = await sendPatiently(origin, {
    method: 'POST',
    path: '/auth/register',
    headers,
    body: { username, password },
  });
  const { actor } = expectStatus(answer, 201, 'registering').body as { actor: { actor_id: string } };
  const user: User = {
    username,
    password,
    actorId: actor.actor_id,
    sessions: [],
    credentials: new Set(),
    disableSentAt: undefined,
    disabledSince: undefined,
    pending: new Set(),
  };
  sessionOf(user, answer);
  return user;
}

/** Asks for an API token or an API key; what came of it is for the caller to judge. */
export function askToMint(origin: string, session: Session, kind: 'api-token' | 'api-key'): Promise<Answer> {
  const minted =
    kind === 'api-token'
      ? { path: '/v1/tokens', body: { label: 'test', scopes: [] } }
      : { path: '/auth/api-keys', body: { description: 'test' } };
  return send(origin, { method: 'POST', ...minted, headers: { ...headers, ...bearer(session.opaque.secret) } });
}

/** The credential of an answer to `askToMint`. */
export function mintedOf(user: User, kind: 'api-token' | 'api-key', answer: Answer): Credential {
  expectStatus(answer, 201, `minting an ${kind}`);
  const secret = String(answer.body[kind === 'api-token' ? 'token' : 'key']);
  const credential = newCredential(kind, secret, user, String(answer.body['id']));
  user.credentials.add(credential);
  return credential;
}

export interface PopulationOptions {
  users: number;
  apiTokens: number;
  apiKeys: number;
  /** Any of the gateways. */
  anyGateway: () => string;
}

/** Users with two sessions each, and API tokens and API keys. */
export async function populate(o: PopulationOptions): Promise<User[]> {
  const kinds = [...Array<'api-token'>(o.apiTokens).fill('api-token'), ...Array<'api-key'>(o.apiKeys).fill('api-key')];
  const users: User[] = [];
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < o.users) {
      begun += 1;
      const user = await newUser(o.anyGateway());
      const session = await login(o.anyGateway(), user);
      const mint = async (kind: 'api-token' | 'api-key') =>
        mintedOf(user, kind, await insist(() => askToMint(o.anyGateway(), session, kind)));
      await Promise.all(kinds.map(mint));
      users.push(user);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return users;
}
