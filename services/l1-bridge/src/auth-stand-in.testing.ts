import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { newId } from '@artdag/service-kit';
import { l1Token, makeRingKey, startFakeAuth, type FakeAuth, type RingKey } from '@artdag/testing';

export interface Minted {
  token: string;
  jti: string;
  actorId: string;
  l1Server: string;
}

/** auth, as far as l1-bridge asks it: keys, actors, what has been revoked, and tokens for L1s. */
export interface AuthStandIn extends FakeAuth {
  /** The JWKS shows all of them; the first signs. */
  ring: RingKey[];
  minted: Minted[];
  /** Ids in each question about what has been revoked. */
  statusQuestions: string[][];
  /** Routes that answer 503, beside all of them while `down`. */
  deaf: Set<string>;
  /** How often an actor was asked for. */
  actorReads: number;
  /** Called before a token is minted or ended. */
  before: (route: string) => Promise<void>;
  addActor(name: string, change?: object): { actor_id: string; username: string };
  /** A good token, as auth mints it, but for the changes. */
  tokenFor(o: { username: string; l1Server: string; jti?: string; claims?: object; header?: object }): Minted;
}

async function jsonOf(req: IncomingMessage): Promise<Record<string, string | null | undefined> & { ids?: string[] }> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as never;
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** @param issuer `iss` of the tokens: the bridge's `ARTDAG_DOMAIN` */
export async function startAuthStandIn(issuer: string): Promise<AuthStandIn> {
  const ring = [makeRingKey('ring-1')];

  async function answer(req: IncomingMessage): Promise<[number, object] | undefined> {
    const route = `${req.method} ${req.url}`;
    if ([...standIn.deaf].some((deaf) => route.startsWith(deaf))) return [503, { code: 'dependency_unavailable' }];
    if (route.startsWith('GET /internal/actors/')) standIn.actorReads += 1;
    if (route === 'GET /.well-known/jwks.json') return [200, { keys: ring.map((key) => key.jwk) }];
    if (!route.startsWith('POST /internal/auth/tokens/')) return undefined;
    const body = await jsonOf(req);
    await standIn.before(route);
    if (route.endsWith('/status')) return [200, { revoked: revokedAmong(body.ids ?? []) }];
    if (route.endsWith('/find')) return [200, { token: find(body) }];
    if (route.endsWith('/holders')) return [200, { actor_ids: holders(body) }];
    return route.endsWith('/l1') ? mint(body) : end(body);
  }

  function revokedAmong(ids: string[]): Record<string, string> {
    standIn.statusQuestions.push(ids);
    return Object.fromEntries([...standIn.revoked].filter(([id]) => ids.includes(id)));
  }

  function mint(body: Record<string, unknown>): [number, object] {
    const { actor_id: actorId, l1_server: l1Server, session_id: sessionId } = body;
    const actor = standIn.actors.get(String(actorId)) as { username: string } | undefined;
    if (actor === undefined || standIn.revoked.has(String(sessionId))) return [401, { code: 'unauthorized' }];
    const { token, jti } = standIn.tokenFor({ username: actor.username, l1Server: String(l1Server) });
    standIn.minted.push({ token, jti, actorId: String(actorId), l1Server: String(l1Server) });
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    return [201, { token, jti, token_hash: hashOf(token), expires_at, superseded: [] }];
  }

  function find({ jti }: Record<string, unknown>): object | null {
    const made = standIn.minted.find((one) => one.jti === jti);
    if (made === undefined) return null;
    const { username } = standIn.actors.get(made.actorId) as { username: string };
    return { actor_id: made.actorId, username, l1_server: made.l1Server };
  }

  function holders({ l1_server, limit }: Record<string, unknown>): string[] {
    const live = standIn.minted.filter((made) => made.l1Server === l1_server && !standIn.revoked.has(made.jti));
    return [...new Set(live.map(({ actorId }) => actorId))].slice(0, Number(limit));
  }

  function end({ actor_id, l1_server, jti, reason }: Record<string, unknown>): [number, object] {
    const ended = standIn.minted.filter(
      (made) =>
        made.actorId === actor_id &&
        made.l1Server === l1_server &&
        (jti === undefined || made.jti === jti) &&
        !standIn.revoked.has(made.jti),
    );
    for (const made of ended) standIn.revoked.set(made.jti, String(reason));
    return [200, { revoked: ended.map((made) => ({ jti: made.jti, token_hash: hashOf(made.token) })) }];
  }

  const fake = await startFakeAuth({ answer });
  const standIn: AuthStandIn = Object.assign(fake, {
    ring,
    minted: [],
    statusQuestions: [],
    deaf: new Set<string>(),
    actorReads: 0,
    before: () => Promise.resolve(),
    addActor(username: string, change: object = {}) {
      const actor = { actor_id: `user:${username}`, username, actor_type: 'human', display_name: null };
      const rest = { microdao_ids: ['microdao:north'], roles: ['member'], status: 'active' };
      fake.actors.set(actor.actor_id, { ...actor, ...rest, ...change });
      return { actor_id: actor.actor_id, username };
    },
    tokenFor(o: Parameters<AuthStandIn['tokenFor']>[0]) {
      const jti = o.jti ?? newId('tok');
      const who = { sub: o.username, username: o.username, actor_id: `user:${o.username}` };
      const servers = { iss: issuer, aud: o.l1Server, l1_server: o.l1Server, l2_server: `https://${issuer}` };
      const claims = { ...who, ...servers, jti, scopes: ['l1:use', 'assets:record'], ...o.claims };
      const [key = makeRingKey('none')] = ring;
      const token = l1Token(key, { claims, header: { ...o.header } });
      return { token, jti, actorId: who.actor_id, l1Server: o.l1Server };
    },
  });
  return standIn;
}
