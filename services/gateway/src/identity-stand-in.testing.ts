import type { KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { signedText, verifySignature } from '@artdag/msign';
import { closeServer, listenOnLoopback, readText } from './auth-stand-in.testing.ts';
import type { Question } from './msign/verify-call.ts';

/** What identity says of a signature by default, when it is good. */
export interface GoodVerdict {
  ok: true;
  caller: string;
  ids: string[];
  assertion: Record<string, unknown>;
}

/** What the gateway asks of identity, in memory. Everything else is answered by `otherwise`. */
export interface IdentityStandIn {
  url: string;
  /** The public key of each handle. */
  keys: Map<string, KeyObject>;
  /** Every signature that it was asked about. */
  questions: Question[];
  /** How many there were in each call. */
  calls: number[];
  /** Who asked: the assertions that came along. */
  assertions: unknown[];
  /** The verdict on one; by default, what its key says. */
  judge: (question: Question) => object;
  /** `down`: 503; `hanging`: no answer at all; `nonsense`: 200 with something else. */
  mode: 'up' | 'down' | 'hanging' | 'nonsense';
  /** How long every call takes. */
  delayMs: number;
  close(): Promise<void>;
}

export async function startIdentityStandIn(otherwise: RequestListener): Promise<IdentityStandIn> {
  const seen = new Set<string>();
  const state = {
    url: '',
    keys: new Map<string, KeyObject>(),
    questions: [] as Question[],
    calls: [] as number[],
    assertions: [] as unknown[],
    judge: (question: Question): object => verdictOf(state.keys, seen, question),
    delayMs: 0,
    mode: 'up' as IdentityStandIn['mode'],
  };

  async function verify(request: IncomingMessage): Promise<[number, object] | undefined> {
    const { requests } = JSON.parse(await readText(request)) as { requests: Question[] };
    state.calls.push(requests.length);
    state.questions.push(...requests);
    state.assertions.push(request.headers['x-actor-assertion']);
    if (state.delayMs > 0) await sleep(state.delayMs);
    if (state.mode === 'hanging') return undefined;
    if (state.mode === 'down') return [503, { code: 'dependency_unavailable', detail: 'down' }];
    if (state.mode === 'nonsense') return [200, { results: requests.map(() => ({ ok: 'yes' })) }];
    return [200, { results: requests.map((question) => state.judge(question)) }];
  }

  const server = createServer((request, response) => {
    if (request.url !== '/internal/identity/msign/verify') return otherwise(request, response);
    void verify(request).then((made) => {
      if (made) response.writeHead(made[0], { 'content-type': 'application/json' }).end(JSON.stringify(made[1]));
    });
  });
  state.url = await listenOnLoopback(server);
  return Object.assign(state, { close: () => closeServer(server) });
}

function verdictOf(keys: ReadonlyMap<string, KeyObject>, seen: Set<string>, question: Question): object {
  const { handle, method, host, target, ts, signature } = question;
  const key = keys.get(handle);
  const text = signedText({ method, host, target, ts, bodySha256: question.body_sha256 });
  if (!key || !verifySignature(key, text, Buffer.from(signature, 'base64url')))
    return { ok: false, code: 'bad_signature' };
  if (!['GET', 'HEAD'].includes(method) && seen.has(text)) return { ok: false, code: 'replayed' };
  seen.add(text);
  return goodVerdict(handle);
}

/** Of a human with this handle. */
export function goodVerdict(handle: string, changes: Record<string, unknown> = {}): GoodVerdict {
  const actorId = `user:${handle}`;
  const assertion = {
    actor: { actor_id: actorId, actor_type: 'human', microdao_ids: ['microdao:a'], roles: ['member'] },
    ...{ username: handle, org_id: null, scopes: ['*'], sid: null, jti: `key_${handle}` },
    ...{ method: 'msign', token_use: 'msign' },
    ...changes,
  };
  return { ok: true, caller: `key_${handle}.1.${JSON.stringify(changes)}`, ids: [`key_${handle}`, actorId], assertion };
}
